//! Models that are enums: structs in one table, told apart by a column.

use aludel::ErrorKind;
use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "employees", common(id: i64, name: String, salary: i64))]
pub enum Employee {
    Manager(Manager),
    #[model(label = "eng")]
    Engineer(Engineer),
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Employee, check(budget_is_positive = Manager::budget.ge(0)))]
pub struct Manager {
    pub id: i64,
    #[field(max_length = 100)]
    pub name: String,
    #[field(default = 10)]
    pub salary: i64,
    pub budget: i64,
    pub office: Option<BelongsTo<Office>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Employee, unique(language, level))]
pub struct Engineer {
    pub id: i64,
    #[field(max_length = 100)]
    pub name: String,
    #[field(default = 10)]
    pub salary: i64,
    #[field(max_length = 50)]
    pub language: String,
    #[field(default = 1)]
    pub level: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Office {
    pub id: i64,
    pub city: String,
    pub managers: HasMany<Manager>,
}

/// Refers to an employee of any kind, and to a manager.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Task {
    pub id: i64,
    pub title: String,
    #[field(on_delete = cascade)]
    pub assignee: Option<BelongsTo<Employee>>,
    pub approver: Option<BelongsTo<Manager>>,
}

fn manager(name: &str, budget: i64) -> NewManager {
    NewManager {
        name: name.into(),
        salary: None,
        budget,
        office: None,
    }
}

fn engineer(name: &str, language: &str) -> NewEngineer {
    NewEngineer {
        name: name.into(),
        salary: None,
        language: language.into(),
        level: None,
    }
}

async fn staff(db: &Database) -> aludel::Result<(Manager, Engineer)> {
    db.create_all(&models![Employee, Office, Task]).await?;
    let ann = manager("Ann", 500).insert(db).await?;
    let bob = engineer("Bob", "rust").insert(db).await?;
    Ok((ann, bob))
}

async fn office_ref(db: &Database) -> aludel::Result<Ref<Office>> {
    Ok((&Office::query().one(db).await?).into())
}

#[derive(Model, Debug, Clone)]
#[model(table = "shapes")]
pub enum Shape {
    Circle(Circle),
    Square(Square),
}

#[derive(Model, Debug, Clone)]
#[model(variant_of = Shape)]
pub struct Circle {
    pub id: i64,
    pub size: i64,
}

#[derive(Model, Debug, Clone)]
#[model(variant_of = Shape)]
pub struct Square {
    pub id: i64,
    pub size: String,
}

/// A base, with a table for what each kind has of its own.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "vehicles")]
pub struct Vehicle {
    pub id: i64,
    #[field(unique, max_length = 20)]
    pub plate: String,
    pub car: HasOne<Car>,
    pub truck: HasOne<Truck>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Car {
    #[field(primary_key, on_delete = cascade)]
    pub vehicle: BelongsTo<Vehicle>,
    pub seats: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Truck {
    #[field(primary_key, on_delete = cascade)]
    pub vehicle: BelongsTo<Vehicle>,
    pub load: i64,
    pub driver: Option<BelongsTo<Office>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(joined = Vehicle)]
pub enum AnyVehicle {
    Car(Car),
    Truck(Truck),
}

/// A car and a truck, each with its base in one flush.
async fn fleet(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![Vehicle, Car, Truck, Office, Employee])
        .await?;
    let mut session = db.session();
    let plate = |plate: &str| NewVehicle {
        plate: plate.into(),
    };
    let car = session.add(plate("C-1"));
    session.add(NewCar {
        vehicle: car.into(),
        seats: 5,
    });
    let truck = session.add(plate("T-1"));
    session.add(NewTruck {
        vehicle: truck.into(),
        load: 40,
        driver: None,
    });
    session.commit().await.map(drop)
}

on_every_database! {
    async fn the_structs_of_an_enum_are_models_of_their_own_in_one_table(fixture) {
        let db = &fixture.db;
        let (ann, bob) = staff(db).await?;
        assert_eq!((ann.id, ann.salary, bob.id, bob.level), (1, 10, 2, 1));
        assert_eq!(sql("SELECT count(*) FROM employees").one::<i64>(db).await?, 2);
        // A variant's statements speak of its rows alone.
        assert_eq!(Manager::query().one(db).await?, ann);
        assert_eq!(Engineer::query().count(db).await?, 1);
        assert_eq!(Manager::query().unscoped().count(db).await?, 1, "it is no scope to be lifted");
        assert_eq!(Manager::find(bob.id, db).await?, None);
        assert_eq!(Manager::get(bob.id, db).await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(Manager::get(ann.id, db).await?, ann);
        assert_eq!(Manager::filter(Manager::salary.eq(10)).update(Manager::salary.set(20)).execute(db).await?, 1);
        assert_eq!(Engineer::get(bob.id, db).await?.salary, 10);
        assert_eq!(Manager::query().unfiltered().delete().execute(db).await?, 1);
        assert_eq!(Employee::query().count(db).await?, 1);
        let many = Manager::insert_many((0..3).map(|n| manager(&format!("M{n}"), n))).all(db).await?;
        assert_eq!((many.len(), Manager::query().count(db).await?), (3, 3));
        let mut one = many.into_iter().next().expect("one");
        one.budget = 7;
        one.save(db).await?;
        assert_eq!(one.reload(db).await?.budget, 7);
        let one = one.patch(ManagerPatch { name: Some("Max".into()), ..Default::default() }, db).await?;
        assert_eq!(one.name, "Max");
        one.delete(db).await?;
        assert_eq!(Manager::query().count(db).await?, 2);
    }

    async fn a_query_of_the_enum_reads_each_row_as_what_it_is(fixture) {
        let db = &fixture.db;
        let (ann, bob) = staff(db).await?;
        let watch = db.watch();
        let all = Employee::query().order_by(Employee::name).all(db).await?;
        assert_eq!(watch.statements(), 1);
        assert_eq!(all, [Employee::Manager(ann.clone()), Employee::Engineer(bob.clone())]);
        assert_eq!(all[0].common().name, "Ann");
        assert_eq!((all[1].key(), *all[1].common().salary), (bob.id, 10));
        assert_eq!(Employee::get(bob.id, db).await?, bob.clone().into());
        assert_eq!(Employee::filter(Employee::name.eq("Bob")).one(db).await?, bob.clone().into());
        // Columns of one variant are NULL in the rows of others.
        assert_eq!(Employee::filter(Employee::manager.budget.gt(100)).all(db).await?, [ann.clone().into()]);
        assert_eq!(Employee::filter(Employee::engineer.language.is_null()).count(db).await?, 1);
        let budgets = Employee::query().order_by(Employee::id).select((Employee::name, Employee::manager.budget)).all(db).await?;
        assert_eq!(budgets, [("Ann".to_string(), Some(500)), ("Bob".to_string(), None)]);
        let paired = Employee::query().order_by(Employee::id).annotate(Employee::salary + 1).all(db).await?;
        assert_eq!(paired[1], (bob.clone().into(), 11));
        let page = Employee::query().page(1, 1, db).await;
        assert_eq!(page?.items.len(), 1);
        assert_eq!(Employee::filter(Employee::salary.eq(10)).update(Employee::salary.set(11)).execute(db).await?, 2);
    }

    async fn rows_are_written_through_the_enum(fixture) {
        let db = &fixture.db;
        staff(db).await?;
        let eve = NewEmployee::from(engineer("Eve", "c")).insert(db).await?;
        assert!(matches!(&eve, Employee::Engineer(row) if row.language == "c" && row.level == 1));
        let mut rows = Employee::insert_many([
            NewEmployee::Manager(manager("Max", 1)),
            NewEmployee::Engineer(engineer("Zoe", "zig")),
            NewEmployee::Manager(manager("Moe", 2)),
        ]).all(db).await?;
        let names: Vec<&str> = rows.iter().map(|row| row.common().name.as_str()).collect();
        assert_eq!(names, ["Max", "Zoe", "Moe"]);
        assert!(matches!(rows[1], Employee::Engineer(_)) && matches!(rows[2], Employee::Manager(_)));
        let Employee::Manager(max) = &mut rows[0] else { panic!("a manager") };
        max.budget = 99;
        rows[0].save(db).await?;
        let max = rows.remove(0);
        let max = max.patch(EmployeePatch { salary: Some(77), ..Default::default() }, db).await?;
        assert!(matches!(&max, Employee::Manager(row) if (row.salary, row.budget) == (77, 99)));
        max.delete(db).await?;
        assert_eq!(Manager::query().count(db).await?, 2);
        // The table's rules hold for the rows that they are about.
        let error = manager("Low", -1).insert(db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::CheckViolation);
        let error = engineer("Rob", "rust").insert(db).await.unwrap_err();
        assert!(error.is_unique_violation(), "{error}");
    }

    async fn an_unknown_discriminator_is_an_error_that_names_it(fixture) {
        let db = &fixture.db;
        let (ann, _) = staff(db).await?;
        sql("INSERT INTO employees (name, kind) VALUES ('Ian', 'intern')").execute(db).await?;
        let error = Employee::query().all(db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        let text = error.to_string();
        assert!(text.contains(r#""intern", which is no variant of Employee; its variants are "manager", "eng""#), "{text}");
        assert_eq!(Manager::query().all(db).await?, [ann], "whoever does not ask for it does not meet it");
        // Raw SQL that gives a row of another kind to a variant.
        let error = sql("SELECT * FROM employees WHERE kind = 'eng'").all::<Manager>(db).await.unwrap_err();
        let text = error.to_string();
        assert!(error.kind() == ErrorKind::Decode, "{text}");
        let read = sql("SELECT * FROM employees WHERE kind <> 'intern' ORDER BY id").all::<Employee>(db).await?;
        assert_eq!(read.len(), 2);
    }

    async fn relations_lead_to_enums_and_to_variants(fixture) {
        let db = &fixture.db;
        let (ann, bob) = staff(db).await?;
        let bonn = NewOffice { city: "Bonn".into() }.insert(db).await?;
        Manager::filter(Manager::id.eq(ann.id)).update(Manager::office.set(&bonn)).execute(db).await?;
        let task = |title: &str, assignee: i64| NewTask {
            title: title.into(),
            assignee: Some(Ref::key(assignee)),
            approver: Some((&ann).into()),
        };
        Task::insert_many([task("a", ann.id), task("b", bob.id), NewTask { title: "c".into(), assignee: None, approver: None }]).execute(db).await?;
        let tasks = Task::query().with(Task::assignee).with(Task::approver).order_by(Task::title).all(db).await?;
        let assignees: Vec<_> = tasks.iter().map(|task| task.assignee.as_ref().map(|row| row.row().common().name.as_str())).collect();
        assert_eq!(assignees, [Some("Ann"), Some("Bob"), None]);
        assert!(matches!(tasks[1].assignee.as_ref().expect("one").row(), Employee::Engineer(_)));
        assert_eq!(tasks[0].approver.as_ref().expect("one").row().budget, 500);
        let joined = Task::query().with(Task::assignee.joined()).order_by(Task::title).all(db).await?;
        assert!(matches!(joined[1].assignee.as_ref().expect("one").row(), Employee::Engineer(_)));
        assert!(joined[2].assignee.is_none());
        assert_eq!(Task::filter(Task::assignee.name.eq("Bob")).one(db).await?.title, "b");
        assert_eq!(Task::filter(Task::assignee.manager.budget.gt(1)).one(db).await?.title, "a");
        assert_eq!(Office::query().with(Office::managers).one(db).await?.managers.all().len(), 1);
        assert_eq!(Office::filter(Office::managers.any(Manager::budget.gt(1000))).count(db).await?, 0);
        assert_eq!(Employee::filter(Employee::manager.office.city.eq("Bonn")).count(db).await?, 1);
    }

    async fn a_session_writes_variants_and_enums(fixture) {
        let db = &fixture.db;
        let (ann, bob) = staff(db).await?;
        let mut session = db.session();
        let boss = session.get::<Manager>(ann.id).await?;
        session[boss].budget = 600;
        let office = session.add(NewOffice { city: "Rome".into() });
        session[boss].office = Some(office.into());
        let new = session.add(engineer("Kim", "go"));
        session.add(NewTask { title: "t".into(), assignee: Some(Ref::key(bob.id)), approver: Some(boss.into()) });
        session.commit().await?;
        assert_eq!(session[new].level, 1);
        assert_eq!(Manager::get(ann.id, db).await?.budget, 600);
        assert_eq!(Employee::query().count(db).await?, 3);
        // As rows of the enum.
        let mut session = db.session();
        let keys = session.all(Employee::query().order_by(Employee::id)).await?;
        let Employee::Manager(row) = &mut session[keys[0]] else { panic!("a manager") };
        row.budget = 700;
        let max = session.add(NewEmployee::Manager(NewManager { office: Some(office_ref(db).await?), ..manager("Max", 3) }));
        session.remove(keys[2])?;
        session.commit().await?;
        assert!(matches!(&session[max], Employee::Manager(row) if row.office.is_some() && row.salary == 10));
        let names = Employee::query().order_by(Employee::id).select(Employee::name).all(db).await?;
        assert_eq!(names, ["Ann", "Bob", "Max"]);
        assert_eq!(Manager::get(ann.id, db).await?.budget, 700);
        // What is changed as either is written together.
        let twice = session.get::<Engineer>(bob.id).await?;
        session[twice].level = 9;
        let Employee::Engineer(row) = &mut session[keys[1]] else { panic!("an engineer") };
        row.language = "ada".into();
        session.flush().await?;
        assert_eq!((session[twice].level, session[twice].language.as_str()), (9, "ada"));
        assert!(matches!(&session[keys[1]], Employee::Engineer(row) if *row == session[twice]));
        session.rollback().await?;
        assert!(matches!(&session[keys[1]], Employee::Engineer(row) if row.language == "rust"));
    }

    async fn an_enum_over_a_base_reads_base_and_variants_in_one_statement(fixture) {
        let db = &fixture.db;
        fleet(db).await?;
        let watch = db.watch();
        let all = AnyVehicle::query().order_by(Vehicle::plate).all(db).await?;
        assert_eq!(watch.statements(), 1);
        let AnyVehicle::Car(car) = &all[0] else { panic!("a car") };
        assert_eq!((car.seats, car.vehicle.row().plate.as_str()), (5, "C-1"));
        assert!(matches!(&all[1], AnyVehicle::Truck(truck) if truck.load == 40));
        assert_eq!(all[1].base().plate, "T-1");
        assert_eq!(watch.statements(), 1, "the base is loaded");
        let id = all[1].base().id;
        assert_eq!(AnyVehicle::get(id, db).await?, all[1]);
        assert!(AnyVehicle::find(id + 100, db).await?.is_none());
        assert_eq!(AnyVehicle::filter(Vehicle::plate.eq("C-1")).one(db).await?, all[0]);
        assert_eq!(AnyVehicle::filter(Vehicle::truck.load.gt(10)).all(db).await?, all[1..]);
        assert_eq!(AnyVehicle::query().limit(1).order_by(Vehicle::plate.desc()).first(db).await?.as_ref(), Some(&all[1]));
        assert_eq!(AnyVehicle::query().count(db).await?, 2);
        // One variant is a model like any other.
        let trucks = Truck::filter(Truck::vehicle.plate.starts_with("T")).with(Truck::vehicle.joined()).all(db).await?;
        assert_eq!(trucks[0].vehicle.row().plate, "T-1");
        all.into_iter().next_back().expect("the truck").delete(db).await?;
        assert_eq!((Vehicle::query().count(db).await?, Truck::query().count(db).await?), (1, 0));
    }

    async fn a_row_of_the_base_without_a_variant_is_an_error(fixture) {
        let db = &fixture.db;
        fleet(db).await?;
        let bare = NewVehicle { plate: "X-1".into() }.insert(db).await?;
        let error = AnyVehicle::query().all(db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains("a row that is none of Car, Truck"), "{error}");
        assert_eq!(AnyVehicle::filter(Vehicle::id.ne(bare.id)).all(db).await?.len(), 2);
        NewCar { vehicle: (&bare).into(), seats: 2 }.insert(db).await?;
        NewTruck { vehicle: (&bare).into(), load: 2, driver: None }.insert(db).await?;
        let error = AnyVehicle::get(bare.id, db).await.unwrap_err();
        assert!(error.to_string().contains("a row that is more than one of Car, Truck"), "{error}");
    }
}

alone! {
    fn variants_that_do_not_fit_into_one_table_are_errors_of_the_registry() {
        let error = models![Shape].check().unwrap_err().to_string();
        assert!(
            error.contains(
                r#"Square::size does not fit the column "size" that other variants of Shape have"#
            ),
            "{error}"
        );
        let error = models![Manager, Office].check().unwrap_err().to_string();
        assert!(error.contains("add Employee to models![..]"), "{error}");
        assert!(models![Manager, Employee, Office].check().is_ok());
    }
}
