//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(
    table = "mdl_context",
    comment = "one of these must be set",
    options = "COLLATE=utf8mb4_unicode_ci row_format=COMPRESSED",
    unique(contextlevel, instanceid, name = "mdl_cont_conins_uix"),
    index(instanceid, name = "mdl_cont_ins_ix"),
    index(path, name = "mdl_cont_pat_ix")
)]
pub struct MdlContext {
    pub id: i64,
    #[field(default = 0)]
    pub contextlevel: i64,
    #[field(default = 0)]
    pub instanceid: i64,
    #[field(max_length = 255, collation = "utf8mb4_bin")]
    pub path: Option<String>,
    #[field(sql_type = "tinyint(2)", default = 0)]
    pub depth: i64,
    #[field(sql_type = "tinyint(2)", default = 0)]
    pub locked: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "mdl_course",
    comment = "Central course table",
    options = "COLLATE=utf8mb4_unicode_ci",
    index(category, name = "mdl_cour_cat_ix"),
    index(fullname, name = "mdl_cour_ful_ix", using = "fulltext"),
    index(shortname("(100)"), unique, name = "mdl_cour_sho_uix"),
    index(summary, fullname, name = "mdl_cour_sum_ix", using = "fulltext", options = "COMMENT 'global search'"),
    named_check(name = "mdl_cour_dates_ck", that = raw_sql::<MdlCourse, bool>("`enddate` = 0 or `enddate` >= `startdate`")),
    foreign_key = aludel::schema::ForeignKey::on("mdl_cour_cat_fk", ["category"]).references("mdl_course_categories",
        ["id"])
)]
pub struct MdlCourse {
    pub id: i64,
    #[field(default = 0)]
    pub category: i64,
    #[field(max_length = 254, default = "", collation = "utf8mb4_unicode_ci")]
    pub fullname: String,
    #[field(max_length = 255, default = "", collation = "utf8mb4_unicode_ci")]
    pub shortname: String,
    #[field(collation = "utf8mb4_unicode_ci")]
    pub summary: Option<String>,
    #[field(max_length = 21, default = "topics", collation = "ascii_general_ci")]
    pub format: String,
    #[field(sql_type = "time(3)")]
    pub starttime: Option<AnyText>,
    #[field(default = 0)]
    pub startdate: i64,
    #[field(default = 0)]
    pub enddate: i64,
    #[field(
        sql_type = "boolean",
        default = aludel::expr::Expr::<(), AnyText>::from_node(aludel::expr::Node::Value(aludel::Value::Bool(true)))
    )]
    pub visible: AnyText,
    #[field(decimal(6, 3))]
    pub credits: Option<rust_decimal::Decimal>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "mdl_course_categories",
    comment = "Course categories",
    options = "COLLATE=utf8mb4_unicode_ci",
    index(parent, name = "mdl_courcate_par_ix"),
    foreign_key = aludel::schema::ForeignKey::on("mdl_courcate_par_fk", ["parent"]).references("mdl_course_categories",
        ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct MdlCourseCategory {
    pub id: i64,
    #[field(max_length = 255, default = "", collation = "utf8mb4_unicode_ci")]
    pub name: String,
    pub parent: Option<i64>,
    #[field(default = 0)]
    pub sortorder: i64,
    #[field(max_length = 255, default = "", collation = "utf8mb4_unicode_ci")]
    pub path: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "mdl_grade_grades",
    comment = "grades of each user",
    options = "COLLATE=utf8mb4_unicode_ci WITH SYSTEM VERSIONING",
    unique(userid, itemid, name = "mdl_gradgrad_useite_uix"),
    index(itemid, name = "mdl_gradgrad_ite_ix")
)]
pub struct MdlGradeGrade {
    pub id: i64,
    pub itemid: i64,
    pub userid: i64,
    #[field(decimal(10, 5))]
    pub rawgrade: Option<rust_decimal::Decimal>,
    #[field(decimal(10, 5))]
    pub finalgrade: Option<rust_decimal::Decimal>,
    #[field(collation = "utf8mb4_unicode_ci")]
    pub feedback: Option<String>,
    #[field(options = "WITHOUT SYSTEM VERSIONING")]
    pub timemodified: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "mdl_grade_items",
    options = "COLLATE=utf8mb4_unicode_ci",
    index(courseid, -needsupdate, name = "mdl_graditem_couneeid_ix"),
    named_check(name = "CONSTRAINT_1", that = raw_sql::<MdlGradeItem, bool>("`grademin` <= `grademax`")),
    named_check(name = "grademax", that = raw_sql::<MdlGradeItem, bool>("`grademax` > 0")),
    foreign_key = aludel::schema::ForeignKey::on("mdl_graditem_cou_fk", ["courseid"]).references("mdl_course",
        ["id"]).on_delete(aludel::schema::Action::SetNull).on_update(aludel::schema::Action::Cascade)
)]
pub struct MdlGradeItem {
    pub id: i64,
    pub courseid: Option<i64>,
    #[field(max_length = 255, collation = "utf8mb4_unicode_ci")]
    pub itemname: Option<String>,
    #[field(max_length = 30, default = "", collation = "utf8mb4_unicode_ci")]
    pub itemtype: String,
    #[field(collation = "utf8mb4_unicode_ci")]
    pub calculation: Option<String>,
    #[field(decimal(10, 5), default = raw_sql::<(), rust_decimal::Decimal>("100.00000"))]
    pub grademax: rust_decimal::Decimal,
    #[field(decimal(10, 5), default = raw_sql::<(), rust_decimal::Decimal>("0.00000"))]
    pub grademin: rust_decimal::Decimal,
    #[field(decimal(10, 5), default = raw_sql::<(), rust_decimal::Decimal>("1.00000"))]
    pub multfactor: rust_decimal::Decimal,
    #[field(default = raw_sql::<(), f64>("0"))]
    pub aggregationcoef: f64,
    #[field(default = raw_sql::<(), i64>("1 + 1"))]
    pub needsupdate: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "mdl_logstore_standard_log",
    comment = "Standard log table",
    options = "COLLATE=utf8mb4_unicode_ci PARTITION BY RANGE COLUMNS(`timecreated`) (PARTITION `before2024` \
        VALUES LESS THAN (1704067200) ENGINE = InnoDB, PARTITION `y2024` VALUES LESS THAN (1735689600) \
        ENGINE = InnoDB, PARTITION `later` VALUES LESS THAN (MAXVALUE) ENGINE = InnoDB)",
    index(id, name = "mdl_logsstanlog_id_ix"),
    index(userid, timecreated, name = "mdl_logsstanlog_usetim_ix")
)]
pub struct MdlLogstoreStandardLog {
    #[field(primary_key, auto)]
    pub id: i64,
    #[field(max_length = 255, default = "", collation = "utf8mb4_unicode_ci")]
    pub eventname: String,
    #[field(max_length = 1, default = "", collation = "utf8mb4_unicode_ci")]
    pub crud: String,
    pub objectid: Option<i64>,
    #[field(default = 0)]
    pub userid: i64,
    pub realuserid: Option<i64>,
    pub other: Option<serde_json::Value>,
    #[field(primary_key)]
    pub timecreated: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "mdl_question",
    comment = "The questions themselves",
    options = "COLLATE=utf8mb4_unicode_ci PARTITION BY LIST (`stage`) (PARTITION `ready` VALUES IN (0,1) COMMENT \
        = 'draft and ready' ENGINE = InnoDB, PARTITION `hidden` VALUES IN (2) ENGINE = InnoDB, PARTITION \
        `other` DEFAULT ENGINE = InnoDB)",
    primary_key(stage, id)
)]
pub struct MdlQuestion {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 20, default = "", collation = "utf8mb4_general_ci")]
    pub qtype: String,
    #[field(primary_key, sql_type = "tinyint(3) unsigned", default = 0)]
    pub stage: i64,
    #[field(collation = "utf8mb4_unicode_ci")]
    pub questiontext: String,
    #[field(decimal(12, 7), default = raw_sql::<(), rust_decimal::Decimal>("0.3333333"))]
    pub penalty: rust_decimal::Decimal,
    #[field(max_length = 255, default = "", collation = "utf8mb4_unicode_ci")]
    pub stamp: String,
    #[field(
        default = aludel::expr::Expr::<(), jiff::civil::DateTime>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![]))
    )]
    pub timecreated: jiff::civil::DateTime,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "mdl_quiz_attempts",
    comment = "Stores users' attempts at quizzes",
    options = "COLLATE=utf8mb4_unicode_ci",
    index(duration, name = "mdl_quizatte_dur_ix"),
    foreign_key = aludel::schema::ForeignKey::on("mdl_quizatte_use_fk", ["userid"]).references("mdl_user",
        ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct MdlQuizAttempt {
    #[field(given, default = raw_sql::<(), i64>("nextval(`mdl_attempt_seq`)"))]
    pub id: i64,
    pub userid: Option<i64>,
    #[field(
        sql_type = "text",
        default = "",
        collation = "utf8mb4_unicode_ci",
        options = "COMPRESSED"
    )]
    pub layout: String,
    #[field(default = false)]
    pub preview: bool,
    #[field(
        sql_type = "enum('inprogress','overdue','finished','abandoned')",
        collation = "utf8mb4_unicode_ci"
    )]
    pub state: Option<String>,
    #[field(decimal(10, 5))]
    pub sumgrades: Option<rust_decimal::Decimal>,
    #[field(sql_type = "time", default = raw_sql::<(), AnyText>("'00:00:00'"))]
    pub timetaken: AnyText,
    #[field(sql_type = "int(10) unsigned")]
    pub timestart: Option<i64>,
    #[field(sql_type = "int(10) unsigned")]
    pub timefinish: Option<i64>,
    #[field(
        generated = raw_sql::<MdlQuizAttempt, Option<i64>>("cast(`timefinish` as signed) - cast(`timestart` as signed)"),
        options = "INVISIBLE"
    )]
    pub duration: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "mdl_user",
    comment = "One record for each person",
    options = "COLLATE=utf8mb4_unicode_ci",
    unique(mnethostid, username, name = "mdl_user_mneuse_uix"),
    index(country, name = "mdl_user_cou_ix", options = "IGNORED"),
    index(fullname, name = "mdl_user_ful_ix"),
    index(lastname("(10)"), firstname("(5)"), name = "mdl_user_las_ix")
)]
pub struct MdlUser {
    pub id: i64,
    #[field(max_length = 20, default = "manual", collation = "utf8mb4_unicode_ci")]
    pub auth: String,
    #[field(sql_type = "bit(1)", default = raw_sql::<(), Bytes>("b'0'"))]
    pub confirmed: Bytes,
    #[field(sql_type = "bit(8)")]
    pub flags: Option<Bytes>,
    #[field(default = 0)]
    pub mnethostid: i64,
    #[field(max_length = 100, default = "")]
    pub username: String,
    #[field(
        max_length = 100,
        default = "",
        collation = "utf8mb4_uca1400_swedish_as_cs"
    )]
    pub firstname: String,
    #[field(max_length = 100, default = "", collation = "utf8mb4_unicode_ci")]
    pub lastname: String,
    #[field(
        max_length = 201,
        generated = raw_sql::<MdlUser, Option<String>>("concat(`firstname`,' ',`lastname`)"),
        virtual,
        collation = "utf8mb4_unicode_ci",
        comment = "as it is shown"
    )]
    pub fullname: Option<String>,
    #[field(max_length = 2, default = "", collation = "latin1_swedish_ci")]
    pub country: String,
    #[field(sql_type = "inet6")]
    pub lastip: Option<String>,
    #[field(sql_type = "year(4)")]
    pub birthyear: Option<i64>,
    #[field(collation = "utf8mb4_unicode_ci")]
    pub description: Option<String>,
    #[field(
        sql_type = "boolean",
        default = aludel::expr::Expr::<(), AnyText>::from_node(aludel::expr::Node::Value(aludel::Value::Bool(false)))
    )]
    pub trackforums: AnyText,
    #[field(
        sql_type = "enum('gregorian','hijri','jalāli')",
        default = "gregorian",
        collation = "utf8mb4_unicode_ci"
    )]
    pub calendartype: String,
}

// Beside the models: App::view(View::new("mdl_best", "select `mdl_grades`.`userid` AS `userid`,max(`mdl_grades`.`percent of all`) AS `best` from \
//     `mdl_grades` group by `mdl_grades`.`userid`").options("ALGORITHM=TEMPTABLE"))
// Beside the models: App::view(View::new("mdl_grades", "select `g`.`userid` AS `userid`,`i`.`itemname` AS `itemname`,`mdl_percent`(`g`.`finalgrade`,`i`.`grademax`) \
//     AS `percent of all` from (`mdl_grade_grades` `g` join `mdl_grade_items` `i` on(`i`.`id` = `g`.`itemid`))"))
// Not managed: event mdl-cron
// Not managed: function mdl_percent
// Not managed: function mdl_seconds
// Not managed: procedure mdl_hide
// Not managed: sequence mdl_attempt_seq
// Not managed: trigger mdl_question_stamp on mdl_question
/// Tables without a primary key, which a model needs: `App::tables(tables())`.
pub fn tables() -> Vec<aludel::schema::Table> {
    use aludel::migrate::prelude::*;
    vec![
        new_table("mdl_sessions")
            .column(
                column("sid", varchar(128))
                    .default("")
                    .collation("utf8mb3_unicode_ci"),
            )
            .column(
                column("sessdata", text())
                    .nullable()
                    .collation("utf8mb3_unicode_ci"),
            )
            .column(
                column("firstip", varchar(45))
                    .nullable()
                    .collation("utf8mb3_unicode_ci"),
            )
            .column(
                column("touched", custom("timestamp(3)"))
                    .nullable()
                    .options("ON UPDATE current_timestamp(3)"),
            )
            .unique(unique("mdl_sess_sid_uix", ["sid"]))
            .options("ENGINE=Aria COLLATE=utf8mb3_unicode_ci transactional=0")
            .comment("No key but a unique one")
            .into(),
    ]
}

/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        MdlContext,
        MdlCourse,
        MdlCourseCategory,
        MdlGradeGrade,
        MdlGradeItem,
        MdlLogstoreStandardLog,
        MdlQuestion,
        MdlQuizAttempt,
        MdlUser
    ]
}

/// Reads every row, and counts them.
#[rustfmt::skip]
pub async fn read(db: &Database) -> aludel::Result<Vec<(String, usize)>> {
    Ok(vec![
        (MdlContext::meta().table.to_string(), MdlContext::query().all(db).await?.len()),
        (MdlCourse::meta().table.to_string(), MdlCourse::query().all(db).await?.len()),
        (MdlCourseCategory::meta().table.to_string(), MdlCourseCategory::query().all(db).await?.len()),
        (MdlGradeGrade::meta().table.to_string(), MdlGradeGrade::query().all(db).await?.len()),
        (MdlGradeItem::meta().table.to_string(), MdlGradeItem::query().all(db).await?.len()),
        (MdlLogstoreStandardLog::meta().table.to_string(), MdlLogstoreStandardLog::query().all(db).await?.len()),
        (MdlQuestion::meta().table.to_string(), MdlQuestion::query().all(db).await?.len()),
        (MdlQuizAttempt::meta().table.to_string(), MdlQuizAttempt::query().all(db).await?.len()),
        (MdlUser::meta().table.to_string(), MdlUser::query().all(db).await?.len()),
    ])
}
