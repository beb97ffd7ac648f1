-- nothing changes
-- and back

-- a table comes
CREATE TABLE "tags" ("id" INTEGER NOT NULL PRIMARY KEY)
-- and back
DROP TABLE "tags"

-- a table comes that refers to one that is there
CREATE TABLE "posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
-- and back
DROP TABLE "posts"

-- tables come in the order of their references
CREATE TABLE "users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
CREATE TABLE "posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
-- and back
DROP TABLE "posts"
DROP TABLE "users"

-- tables come that refer to each other
CREATE TABLE "a" ("id" INTEGER NOT NULL PRIMARY KEY, "b_id" INTEGER)
CREATE TABLE "b" ("id" INTEGER NOT NULL PRIMARY KEY, "a_id" INTEGER, CONSTRAINT "fk_b" FOREIGN KEY ("a_id") REFERENCES "a" ("id"))
CREATE TABLE "aludel_new_a" ("id" INTEGER NOT NULL PRIMARY KEY, "b_id" INTEGER, CONSTRAINT "fk_a" FOREIGN KEY ("b_id") REFERENCES "b" ("id"))
INSERT INTO "aludel_new_a" ("id", "b_id") SELECT "id", "b_id" FROM "a"
DROP TABLE "a"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_a" RENAME TO "a"
PRAGMA legacy_alter_table = OFF
-- and the triggers of a again
-- and back
CREATE TABLE "aludel_new_a" ("id" INTEGER NOT NULL PRIMARY KEY, "b_id" INTEGER)
INSERT INTO "aludel_new_a" ("id", "b_id") SELECT "id", "b_id" FROM "a"
DROP TABLE "a"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_a" RENAME TO "a"
PRAGMA legacy_alter_table = OFF
-- and the triggers of a again
DROP TABLE "b"
DROP TABLE "a"

-- a table that refers to itself comes
CREATE TABLE "nodes" ("id" INTEGER NOT NULL PRIMARY KEY, "up" INTEGER, CONSTRAINT "fk_up" FOREIGN KEY ("up") REFERENCES "nodes" ("id"))
-- and back
DROP TABLE "nodes"

-- a table with everything comes
CREATE TABLE "all_of_it" ("id" INTEGER NOT NULL PRIMARY KEY, "a" VARCHAR(20) NOT NULL DEFAULT 'x' CONSTRAINT "ck_all_of_it_a_max_length" CHECK (length("a") <= 20), "b" INTEGER, CONSTRAINT "uq_a" UNIQUE ("a"), CONSTRAINT "ck_b" CHECK ("b" > 0))
CREATE INDEX "ix_b" ON "all_of_it" ("b", "a")
-- and back
DROP TABLE "all_of_it"

-- a table goes
DROP TABLE "tags"
-- and back
CREATE TABLE "tags" ("id" INTEGER NOT NULL PRIMARY KEY)

-- tables go in the order of their references
DROP TABLE "posts"
DROP TABLE "users"
-- and back
CREATE TABLE "users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
CREATE TABLE "posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))

-- tables that refer to each other go
CREATE TABLE "aludel_new_a" ("id" INTEGER NOT NULL PRIMARY KEY, "b_id" INTEGER)
INSERT INTO "aludel_new_a" ("id", "b_id") SELECT "id", "b_id" FROM "a"
DROP TABLE "a"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_a" RENAME TO "a"
PRAGMA legacy_alter_table = OFF
-- and the triggers of a again
DROP TABLE "b"
DROP TABLE "a"
-- and back
CREATE TABLE "a" ("id" INTEGER NOT NULL PRIMARY KEY, "b_id" INTEGER)
CREATE TABLE "b" ("id" INTEGER NOT NULL PRIMARY KEY, "a_id" INTEGER, CONSTRAINT "fk_b" FOREIGN KEY ("a_id") REFERENCES "a" ("id"))
CREATE TABLE "aludel_new_a" ("id" INTEGER NOT NULL PRIMARY KEY, "b_id" INTEGER, CONSTRAINT "fk_a" FOREIGN KEY ("b_id") REFERENCES "b" ("id"))
INSERT INTO "aludel_new_a" ("id", "b_id") SELECT "id", "b_id" FROM "a"
DROP TABLE "a"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_a" RENAME TO "a"
PRAGMA legacy_alter_table = OFF
-- and the triggers of a again

-- a table that another refers to goes, and the reference with it
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL)
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
DROP TABLE "users"
-- and back
CREATE TABLE "users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again

-- a table is renamed
ALTER TABLE "users" RENAME TO "people"
-- and back
ALTER TABLE "people" RENAME TO "users"

-- a table that others refer to is renamed
ALTER TABLE "users" RENAME TO "people"
-- and back
ALTER TABLE "people" RENAME TO "users"

-- a renamed table's constraints are called by its new name
ALTER TABLE "users" RENAME TO "people"
CREATE TABLE "aludel_new_people" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_people_name_max_length" CHECK (length("name") <= 40), CONSTRAINT "uq_people_name" UNIQUE ("name"))
INSERT INTO "aludel_new_people" ("id", "name") SELECT "id", "name" FROM "people"
DROP TABLE "people"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_people" RENAME TO "people"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_users_name" ON "people" ("name", "id")
-- and the triggers of people again
DROP INDEX "ix_users_name"
CREATE INDEX "ix_people_name" ON "people" ("name", "id")
-- and back
DROP INDEX "ix_people_name"
CREATE INDEX "ix_users_name" ON "people" ("name", "id")
CREATE TABLE "aludel_new_people" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_people_name_max_length" CHECK (length("name") <= 40), CONSTRAINT "uq_users_name" UNIQUE ("name"))
INSERT INTO "aludel_new_people" ("id", "name") SELECT "id", "name" FROM "people"
DROP TABLE "people"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_people" RENAME TO "people"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_users_name" ON "people" ("name", "id")
-- and the triggers of people again
ALTER TABLE "people" RENAME TO "users"

-- a table is renamed and changed
ALTER TABLE "users" RENAME TO "people"
ALTER TABLE "people" ADD COLUMN "age" INTEGER NOT NULL DEFAULT 0
-- and back
ALTER TABLE "people" DROP COLUMN "age"
ALTER TABLE "people" RENAME TO "users"

-- a like table is another one
CREATE TABLE "people" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_people_name_max_length" CHECK (length("name") <= 40))
DROP TABLE "users"
-- and back
CREATE TABLE "users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
DROP TABLE "people"

-- a table that has an enum is renamed
ALTER TABLE "users" RENAME TO "people"
CREATE TABLE "aludel_new_people" ("id" INTEGER NOT NULL PRIMARY KEY, "m" TEXT NOT NULL CONSTRAINT "ck_people_m" CHECK ("m" IN ('glad', 'sad')))
INSERT INTO "aludel_new_people" ("id", "m") SELECT "id", "m" FROM "people"
DROP TABLE "people"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_people" RENAME TO "people"
PRAGMA legacy_alter_table = OFF
-- and the triggers of people again
-- and back
ALTER TABLE "people" RENAME TO "users"
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad', 'sad')))
INSERT INTO "aludel_new_users" ("id", "m") SELECT "id", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a table without a key
ALTER TABLE "logs" ADD COLUMN "n" INTEGER
-- and back
ALTER TABLE "logs" DROP COLUMN "n"

-- a table is renamed, and another one takes its name
ALTER TABLE "users" RENAME TO "people"
CREATE TABLE "users" ("id" INTEGER NOT NULL PRIMARY KEY, "login" TEXT NOT NULL)
-- and back
DROP TABLE "users"
ALTER TABLE "people" RENAME TO "users"

-- a comment comes
-- and back

-- a comment changes
-- and back

-- a comment goes
-- and back

-- a nullable column comes
ALTER TABLE "users" ADD COLUMN "nick" VARCHAR(20) CONSTRAINT "ck_users_nick_max_length" CHECK (length("nick") <= 20)
-- and back
ALTER TABLE "users" DROP COLUMN "nick"

-- a column with a default comes
ALTER TABLE "users" ADD COLUMN "age" INTEGER NOT NULL DEFAULT 18
-- and back
ALTER TABLE "users" DROP COLUMN "age"

-- a column with an expression as its default comes
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
ALTER TABLE "users" DROP COLUMN "at"

-- a column comes, and rows get a value once
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "age" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("age", "id", "name") SELECT 7, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
ALTER TABLE "users" DROP COLUMN "age"

-- a column comes, and rows get another column's value
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "nick" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_nick_max_length" CHECK (length("nick") <= 40))
INSERT INTO "aludel_new_users" ("nick", "id", "name") SELECT "name", "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
ALTER TABLE "users" DROP COLUMN "nick"

-- a unique column comes
ALTER TABLE "users" ADD COLUMN "email" VARCHAR(90) CONSTRAINT "ck_users_email_max_length" CHECK (length("email") <= 90)
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "email" VARCHAR(90) CONSTRAINT "ck_users_email_max_length" CHECK (length("email") <= 90), CONSTRAINT "uq_users_email" UNIQUE ("email"))
INSERT INTO "aludel_new_users" ("id", "name", "email") SELECT "id", "name", "email" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "email" VARCHAR(90) CONSTRAINT "ck_users_email_max_length" CHECK (length("email") <= 90))
INSERT INTO "aludel_new_users" ("id", "name", "email") SELECT "id", "name", "email" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
ALTER TABLE "users" DROP COLUMN "email"

-- an indexed column comes
ALTER TABLE "users" ADD COLUMN "age" INTEGER NOT NULL DEFAULT 1
CREATE INDEX "ix_users_age" ON "users" ("age")
-- and back
DROP INDEX "ix_users_age"
ALTER TABLE "users" DROP COLUMN "age"

-- a reference comes
ALTER TABLE "posts" ADD COLUMN "author_id" INTEGER
CREATE INDEX "ix_posts_author_id" ON "posts" ("author_id")
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "author_id" INTEGER, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("id", "author_id") SELECT "id", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_posts_author_id" ON "posts" ("author_id")
-- and the triggers of posts again
-- and back
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "author_id" INTEGER)
INSERT INTO "aludel_new_posts" ("id", "author_id") SELECT "id", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_posts_author_id" ON "posts" ("author_id")
-- and the triggers of posts again
DROP INDEX "ix_posts_author_id"
ALTER TABLE "posts" DROP COLUMN "author_id"

-- a column with a comment comes
ALTER TABLE "users" ADD COLUMN "nick" VARCHAR(20) CONSTRAINT "ck_users_nick_max_length" CHECK (length("nick") <= 20)
-- and back
ALTER TABLE "users" DROP COLUMN "nick"

-- several columns come
ALTER TABLE "users" ADD COLUMN "a" INTEGER NOT NULL DEFAULT 1
ALTER TABLE "users" ADD COLUMN "b" TEXT
ALTER TABLE "users" ADD COLUMN "c" BOOLEAN NOT NULL DEFAULT TRUE
-- and back
ALTER TABLE "users" DROP COLUMN "c"
ALTER TABLE "users" DROP COLUMN "b"
ALTER TABLE "users" DROP COLUMN "a"

-- a column goes
ALTER TABLE "users" DROP COLUMN "age"
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "age" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("age", "id", "name") SELECT 0, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a column goes with its index
DROP INDEX "ix_users_age"
ALTER TABLE "users" DROP COLUMN "age"
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "age" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("age", "id", "name") SELECT 0, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
CREATE INDEX "ix_users_age" ON "users" ("age")

-- a column goes with its unique constraint
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "age" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "age") SELECT "id", "name", "age" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
ALTER TABLE "users" DROP COLUMN "age"
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "age" INTEGER NOT NULL, CONSTRAINT "uq_users_age" UNIQUE ("age"))
INSERT INTO "aludel_new_users" ("id", "name", "age") SELECT "id", "name", 0 FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a column goes with its CHECK
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "age" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "age") SELECT "id", "name", "age" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
ALTER TABLE "users" DROP COLUMN "age"
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "age" INTEGER NOT NULL, CONSTRAINT "ck_users_age" CHECK ("age" >= 0))
INSERT INTO "aludel_new_users" ("id", "name", "age") SELECT "id", "name", 0 FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a reference goes
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL)
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_posts_author_id" ON "posts" ("author_id")
-- and the triggers of posts again
DROP INDEX "ix_posts_author_id"
ALTER TABLE "posts" DROP COLUMN "author_id"
-- and back
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL)
INSERT INTO "aludel_new_posts" ("author_id", "id", "title") SELECT 0, "id", "title" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
CREATE INDEX "ix_posts_author_id" ON "posts" ("author_id")
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_posts_author_id" ON "posts" ("author_id")
-- and the triggers of posts again

-- a column is renamed
ALTER TABLE "users" RENAME COLUMN "name" TO "full_name"
-- and back
ALTER TABLE "users" RENAME COLUMN "full_name" TO "name"

-- a column that is in everything is renamed
ALTER TABLE "users" RENAME COLUMN "name" TO "full_name"
-- and back
ALTER TABLE "users" RENAME COLUMN "full_name" TO "name"

-- a column is renamed and its type widened
ALTER TABLE "users" RENAME COLUMN "name" TO "full_name"
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "full_name" VARCHAR(80) NOT NULL CONSTRAINT "ck_users_full_name_max_length" CHECK (length("full_name") <= 80))
INSERT INTO "aludel_new_users" ("id", "full_name") SELECT "id", "full_name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "full_name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_full_name_max_length" CHECK (length("full_name") <= 40))
INSERT INTO "aludel_new_users" ("id", "full_name") SELECT "id", "full_name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
ALTER TABLE "users" RENAME COLUMN "full_name" TO "name"

-- a key that others refer to is renamed
ALTER TABLE "users" RENAME COLUMN "id" TO "uid"
-- and back
ALTER TABLE "users" RENAME COLUMN "uid" TO "id"

-- a column of an enum is renamed
ALTER TABLE "users" RENAME COLUMN "m" TO "feels"
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "feels" TEXT NOT NULL CONSTRAINT "ck_users_feels" CHECK ("feels" IN ('glad', 'sad')))
INSERT INTO "aludel_new_users" ("id", "name", "feels") SELECT "id", "name", "feels" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
ALTER TABLE "users" RENAME COLUMN "feels" TO "m"
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad', 'sad')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- columns are renamed in a chain
ALTER TABLE "users" RENAME COLUMN "b" TO "c"
ALTER TABLE "users" RENAME COLUMN "a" TO "b"
-- and back
ALTER TABLE "users" RENAME COLUMN "b" TO "a"
ALTER TABLE "users" RENAME COLUMN "c" TO "b"

-- a column is renamed and its type changes
ALTER TABLE "users" RENAME COLUMN "age" TO "years"
-- and back
ALTER TABLE "users" RENAME COLUMN "years" TO "age"

-- a like column is another one
ALTER TABLE "users" ADD COLUMN "motto" VARCHAR(40) CONSTRAINT "ck_users_motto_max_length" CHECK (length("motto") <= 40)
ALTER TABLE "users" DROP COLUMN "name"
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "motto" VARCHAR(40) CONSTRAINT "ck_users_motto_max_length" CHECK (length("motto") <= 40), "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
INSERT INTO "aludel_new_users" ("name", "id", "motto") SELECT '', "id", "motto" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
ALTER TABLE "users" DROP COLUMN "motto"

-- a column may be NULL
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a column may not be NULL any more
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a column may not be NULL any more, and rows get a value
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
INSERT INTO "aludel_new_users" ("name", "id") SELECT coalesce("name", 'nobody'), "id" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a default comes
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL DEFAULT 'x' CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a default changes
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "n" INTEGER NOT NULL DEFAULT 2)
INSERT INTO "aludel_new_users" ("id", "name", "n") SELECT "id", "name", "n" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "n" INTEGER NOT NULL DEFAULT 1)
INSERT INTO "aludel_new_users" ("id", "name", "n") SELECT "id", "name", "n" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a default goes
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "n" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "n") SELECT "id", "name", "n" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "n" INTEGER NOT NULL DEFAULT 1)
INSERT INTO "aludel_new_users" ("id", "name", "n") SELECT "id", "name", "n" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a default becomes an expression
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')))
INSERT INTO "aludel_new_users" ("id", "name", "at") SELECT "id", "name", "at" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "at" TEXT NOT NULL DEFAULT '2020-01-01 00:00:00.000000')
INSERT INTO "aludel_new_users" ("id", "name", "at") SELECT "id", "name", "at" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a column's comment comes
-- and back

-- a column's comment goes
-- and back

-- everything about a column changes
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "n" INTEGER NOT NULL DEFAULT 5)
INSERT INTO "aludel_new_users" ("n", "id", "name") SELECT coalesce("n", 4), "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "n" INTEGER)
INSERT INTO "aludel_new_users" ("id", "name", "n") SELECT "id", "name", "n" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a bool comes
ALTER TABLE "users" ADD COLUMN "c" BOOLEAN
-- and back
ALTER TABLE "users" DROP COLUMN "c"

-- a small integer comes
ALTER TABLE "users" ADD COLUMN "c" INTEGER
-- and back
ALTER TABLE "users" DROP COLUMN "c"

-- an integer comes
ALTER TABLE "users" ADD COLUMN "c" INTEGER
-- and back
ALTER TABLE "users" DROP COLUMN "c"

-- a big integer comes
ALTER TABLE "users" ADD COLUMN "c" INTEGER
-- and back
ALTER TABLE "users" DROP COLUMN "c"

-- a real comes
ALTER TABLE "users" ADD COLUMN "c" REAL
-- and back
ALTER TABLE "users" DROP COLUMN "c"

-- a double comes
ALTER TABLE "users" ADD COLUMN "c" REAL
-- and back
ALTER TABLE "users" DROP COLUMN "c"

-- a text comes
ALTER TABLE "users" ADD COLUMN "c" TEXT
-- and back
ALTER TABLE "users" DROP COLUMN "c"

-- a varchar comes
ALTER TABLE "users" ADD COLUMN "c" VARCHAR(10) CONSTRAINT "ck_users_c_max_length" CHECK (length("c") <= 10)
-- and back
ALTER TABLE "users" DROP COLUMN "c"

-- bytes come
ALTER TABLE "users" ADD COLUMN "c" BLOB
-- and back
ALTER TABLE "users" DROP COLUMN "c"

-- a decimal comes
ALTER TABLE "users" ADD COLUMN "c" TEXT COLLATE decimal
-- and back
ALTER TABLE "users" DROP COLUMN "c"

-- a date comes
ALTER TABLE "users" ADD COLUMN "c" TEXT
-- and back
ALTER TABLE "users" DROP COLUMN "c"

-- a time comes
ALTER TABLE "users" ADD COLUMN "c" TEXT
-- and back
ALTER TABLE "users" DROP COLUMN "c"

-- a date with a time comes
ALTER TABLE "users" ADD COLUMN "c" TEXT
-- and back
ALTER TABLE "users" DROP COLUMN "c"

-- an instant comes
ALTER TABLE "users" ADD COLUMN "c" TEXT
-- and back
ALTER TABLE "users" DROP COLUMN "c"

-- a UUID comes
ALTER TABLE "users" ADD COLUMN "c" BLOB
-- and back
ALTER TABLE "users" DROP COLUMN "c"

-- JSON comes
ALTER TABLE "users" ADD COLUMN "c" TEXT
-- and back
ALTER TABLE "users" DROP COLUMN "c"

-- an integer grows
-- and back

-- a small integer grows
-- and back

-- an integer shrinks
-- and back

-- a varchar grows
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" VARCHAR(30) NOT NULL CONSTRAINT "ck_users_c_max_length" CHECK (length("c") <= 30))
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" VARCHAR(10) NOT NULL CONSTRAINT "ck_users_c_max_length" CHECK (length("c") <= 10))
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a varchar shrinks
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" VARCHAR(10) NOT NULL CONSTRAINT "ck_users_c_max_length" CHECK (length("c") <= 10))
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" VARCHAR(30) NOT NULL CONSTRAINT "ck_users_c_max_length" CHECK (length("c") <= 30))
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a varchar becomes a text
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" TEXT NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" VARCHAR(30) NOT NULL CONSTRAINT "ck_users_c_max_length" CHECK (length("c") <= 30))
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a text becomes a varchar
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" VARCHAR(30) NOT NULL CONSTRAINT "ck_users_c_max_length" CHECK (length("c") <= 30))
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" TEXT NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- an integer becomes a text
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" TEXT NOT NULL)
INSERT INTO "aludel_new_users" ("c", "id", "name") SELECT CAST("c" AS TEXT), "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("c", "id", "name") SELECT CAST("c" AS INTEGER), "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a text becomes an integer
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("c", "id", "name") SELECT CAST("c" AS INTEGER), "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" TEXT NOT NULL)
INSERT INTO "aludel_new_users" ("c", "id", "name") SELECT CAST("c" AS TEXT), "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a bool becomes an integer
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" BOOLEAN NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- an integer becomes a bool
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" BOOLEAN NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a big integer becomes a bool
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" BOOLEAN NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a real grows
-- and back

-- an integer becomes a double
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" REAL NOT NULL)
INSERT INTO "aludel_new_users" ("c", "id", "name") SELECT CAST("c" AS REAL), "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("c", "id", "name") SELECT CAST("c" AS INTEGER), "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a decimal grows
-- and back

-- a moment becomes a day
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" TEXT NOT NULL)
INSERT INTO "aludel_new_users" ("c", "id", "name") SELECT substr("c", 1, 10), "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" TEXT NOT NULL)
INSERT INTO "aludel_new_users" ("c", "id", "name") SELECT "c" || ' 00:00:00.000000', "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a day becomes a moment
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" TEXT NOT NULL)
INSERT INTO "aludel_new_users" ("c", "id", "name") SELECT "c" || ' 00:00:00.000000', "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" TEXT NOT NULL)
INSERT INTO "aludel_new_users" ("c", "id", "name") SELECT substr("c", 1, 10), "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a real becomes an integer that takes no NULL
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("c", "id", "name") SELECT coalesce(CAST("c" AS INTEGER), 0), "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" REAL)
INSERT INTO "aludel_new_users" ("c", "id", "name") SELECT CAST("c" AS REAL), "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a text becomes JSON
-- and back

-- a text becomes an enum
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" TEXT NOT NULL CONSTRAINT "ck_users_c" CHECK ("c" IN ('glad', 'sad')))
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" TEXT NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- an enum becomes a text
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" TEXT NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" TEXT NOT NULL CONSTRAINT "ck_users_c" CHECK ("c" IN ('glad', 'sad')))
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a key grows, and what refers to it
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("id", "author_id") SELECT "id", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
-- and back
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("id", "author_id") SELECT "id", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again

-- an indexed text becomes a varchar
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" VARCHAR(60) NOT NULL CONSTRAINT "ck_users_c_max_length" CHECK (length("c") <= 60))
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_c" ON "users" ("c")
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" TEXT NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "c") SELECT "id", "name", "c" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_c" ON "users" ("c")
-- and the triggers of users again

-- a type with a default changes
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" TEXT NOT NULL DEFAULT 'one')
INSERT INTO "aludel_new_users" ("c", "id", "name") SELECT CAST("c" AS TEXT), "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "c" INTEGER NOT NULL DEFAULT 1)
INSERT INTO "aludel_new_users" ("c", "id", "name") SELECT CAST("c" AS INTEGER), "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a table comes whose numbers are the second part of its key
CREATE TABLE "parts" ("kind" VARCHAR(20) NOT NULL CONSTRAINT "ck_parts_kind_max_length" CHECK (length("kind") <= 20), "id" INTEGER NOT NULL, PRIMARY KEY ("kind", "id"))
CREATE INDEX "ix_parts_kind" ON "parts" ("kind")
CREATE INDEX "ix_parts_id" ON "parts" ("id")
-- and back
DROP TABLE "parts"

-- a key gets a column more
CREATE TABLE "aludel_new_pairs" ("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, "c" INTEGER NOT NULL, PRIMARY KEY ("a", "b"))
INSERT INTO "aludel_new_pairs" ("a", "b", "c") SELECT "a", "b", "c" FROM "pairs"
DROP TABLE "pairs"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_pairs" RENAME TO "pairs"
PRAGMA legacy_alter_table = OFF
-- and the triggers of pairs again
-- and back
CREATE TABLE "aludel_new_pairs" ("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, "c" INTEGER NOT NULL, PRIMARY KEY ("a"))
INSERT INTO "aludel_new_pairs" ("a", "b", "c") SELECT "a", "b", "c" FROM "pairs"
DROP TABLE "pairs"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_pairs" RENAME TO "pairs"
PRAGMA legacy_alter_table = OFF
-- and the triggers of pairs again

-- a key loses a column
CREATE TABLE "aludel_new_pairs" ("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, "c" INTEGER NOT NULL, PRIMARY KEY ("b"))
INSERT INTO "aludel_new_pairs" ("a", "b", "c") SELECT "a", "b", "c" FROM "pairs"
DROP TABLE "pairs"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_pairs" RENAME TO "pairs"
PRAGMA legacy_alter_table = OFF
-- and the triggers of pairs again
-- and back
CREATE TABLE "aludel_new_pairs" ("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, "c" INTEGER NOT NULL, PRIMARY KEY ("a", "b"))
INSERT INTO "aludel_new_pairs" ("a", "b", "c") SELECT "a", "b", "c" FROM "pairs"
DROP TABLE "pairs"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_pairs" RENAME TO "pairs"
PRAGMA legacy_alter_table = OFF
-- and the triggers of pairs again

-- a key changes its order
CREATE TABLE "aludel_new_pairs" ("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, "c" INTEGER NOT NULL, PRIMARY KEY ("b", "a"))
INSERT INTO "aludel_new_pairs" ("a", "b", "c") SELECT "a", "b", "c" FROM "pairs"
DROP TABLE "pairs"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_pairs" RENAME TO "pairs"
PRAGMA legacy_alter_table = OFF
-- and the triggers of pairs again
-- and back
CREATE TABLE "aludel_new_pairs" ("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, "c" INTEGER NOT NULL, PRIMARY KEY ("a", "b"))
INSERT INTO "aludel_new_pairs" ("a", "b", "c") SELECT "a", "b", "c" FROM "pairs"
DROP TABLE "pairs"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_pairs" RENAME TO "pairs"
PRAGMA legacy_alter_table = OFF
-- and the triggers of pairs again

-- a key comes
CREATE TABLE "aludel_new_pairs" ("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, "c" INTEGER NOT NULL, PRIMARY KEY ("a"))
INSERT INTO "aludel_new_pairs" ("a", "b", "c") SELECT "a", "b", "c" FROM "pairs"
DROP TABLE "pairs"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_pairs" RENAME TO "pairs"
PRAGMA legacy_alter_table = OFF
-- and the triggers of pairs again
-- and back
CREATE TABLE "aludel_new_pairs" ("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, "c" INTEGER NOT NULL)
INSERT INTO "aludel_new_pairs" ("a", "b", "c") SELECT "a", "b", "c" FROM "pairs"
DROP TABLE "pairs"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_pairs" RENAME TO "pairs"
PRAGMA legacy_alter_table = OFF
-- and the triggers of pairs again

-- a key goes
CREATE TABLE "aludel_new_pairs" ("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, "c" INTEGER NOT NULL)
INSERT INTO "aludel_new_pairs" ("a", "b", "c") SELECT "a", "b", "c" FROM "pairs"
DROP TABLE "pairs"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_pairs" RENAME TO "pairs"
PRAGMA legacy_alter_table = OFF
-- and the triggers of pairs again
-- and back
CREATE TABLE "aludel_new_pairs" ("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, "c" INTEGER NOT NULL, PRIMARY KEY ("a"))
INSERT INTO "aludel_new_pairs" ("a", "b", "c") SELECT "a", "b", "c" FROM "pairs"
DROP TABLE "pairs"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_pairs" RENAME TO "pairs"
PRAGMA legacy_alter_table = OFF
-- and the triggers of pairs again

-- a key changes that a reference needed as its index
CREATE TABLE "aludel_new_pairs" ("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, PRIMARY KEY ("b"), CONSTRAINT "fk_a" FOREIGN KEY ("a") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_pairs" ("a", "b") SELECT "a", "b" FROM "pairs"
DROP TABLE "pairs"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_pairs" RENAME TO "pairs"
PRAGMA legacy_alter_table = OFF
-- and the triggers of pairs again
-- and back
CREATE TABLE "aludel_new_pairs" ("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, PRIMARY KEY ("a", "b"), CONSTRAINT "fk_a" FOREIGN KEY ("a") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_pairs" ("a", "b") SELECT "a", "b" FROM "pairs"
DROP TABLE "pairs"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_pairs" RENAME TO "pairs"
PRAGMA legacy_alter_table = OFF
-- and the triggers of pairs again

-- a composite key that others refer to changes
CREATE TABLE "aludel_new_of" ("id" INTEGER NOT NULL PRIMARY KEY, "a" INTEGER NOT NULL, "b" INTEGER NOT NULL)
INSERT INTO "aludel_new_of" ("id", "a", "b") SELECT "id", "a", "b" FROM "of"
DROP TABLE "of"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_of" RENAME TO "of"
PRAGMA legacy_alter_table = OFF
-- and the triggers of of again
CREATE TABLE "aludel_new_pairs" ("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, "c" INTEGER NOT NULL, PRIMARY KEY ("b", "a"))
INSERT INTO "aludel_new_pairs" ("a", "b", "c") SELECT "a", "b", "c" FROM "pairs"
DROP TABLE "pairs"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_pairs" RENAME TO "pairs"
PRAGMA legacy_alter_table = OFF
-- and the triggers of pairs again
CREATE TABLE "aludel_new_of" ("id" INTEGER NOT NULL PRIMARY KEY, "a" INTEGER NOT NULL, "b" INTEGER NOT NULL, CONSTRAINT "fk_of" FOREIGN KEY ("b", "a") REFERENCES "pairs" ("b", "a"))
INSERT INTO "aludel_new_of" ("id", "a", "b") SELECT "id", "a", "b" FROM "of"
DROP TABLE "of"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_of" RENAME TO "of"
PRAGMA legacy_alter_table = OFF
-- and the triggers of of again
-- and back
CREATE TABLE "aludel_new_of" ("id" INTEGER NOT NULL PRIMARY KEY, "a" INTEGER NOT NULL, "b" INTEGER NOT NULL)
INSERT INTO "aludel_new_of" ("id", "a", "b") SELECT "id", "a", "b" FROM "of"
DROP TABLE "of"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_of" RENAME TO "of"
PRAGMA legacy_alter_table = OFF
-- and the triggers of of again
CREATE TABLE "aludel_new_pairs" ("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, "c" INTEGER NOT NULL, PRIMARY KEY ("a", "b"))
INSERT INTO "aludel_new_pairs" ("a", "b", "c") SELECT "a", "b", "c" FROM "pairs"
DROP TABLE "pairs"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_pairs" RENAME TO "pairs"
PRAGMA legacy_alter_table = OFF
-- and the triggers of pairs again
CREATE TABLE "aludel_new_of" ("id" INTEGER NOT NULL PRIMARY KEY, "a" INTEGER NOT NULL, "b" INTEGER NOT NULL, CONSTRAINT "fk_of" FOREIGN KEY ("a", "b") REFERENCES "pairs" ("a", "b"))
INSERT INTO "aludel_new_of" ("id", "a", "b") SELECT "id", "a", "b" FROM "of"
DROP TABLE "of"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_of" RENAME TO "of"
PRAGMA legacy_alter_table = OFF
-- and the triggers of of again

-- a number becomes the key of a join table
CREATE TABLE "aludel_new_users_tags" ("user_id" INTEGER NOT NULL, "tag_id" INTEGER NOT NULL, "id" INTEGER NOT NULL, PRIMARY KEY ("user_id", "tag_id"), CONSTRAINT "fk_u" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE, CONSTRAINT "fk_t" FOREIGN KEY ("tag_id") REFERENCES "tags" ("id") ON DELETE CASCADE)
INSERT INTO "aludel_new_users_tags" ("id", "user_id", "tag_id") SELECT rowid, "user_id", "tag_id" FROM "users_tags"
DROP TABLE "users_tags"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users_tags" RENAME TO "users_tags"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_t" ON "users_tags" ("tag_id")
-- and the triggers of users_tags again
ALTER TABLE "users_tags" ADD COLUMN "note" TEXT
CREATE INDEX "ix_u" ON "users_tags" ("user_id")
CREATE TABLE "aludel_new_users_tags" ("user_id" INTEGER NOT NULL, "tag_id" INTEGER NOT NULL, "id" INTEGER NOT NULL PRIMARY KEY, "note" TEXT, CONSTRAINT "fk_u" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE, CONSTRAINT "fk_t" FOREIGN KEY ("tag_id") REFERENCES "tags" ("id") ON DELETE CASCADE)
INSERT INTO "aludel_new_users_tags" ("user_id", "tag_id", "id", "note") SELECT "user_id", "tag_id", "id", "note" FROM "users_tags"
DROP TABLE "users_tags"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users_tags" RENAME TO "users_tags"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_t" ON "users_tags" ("tag_id")
CREATE INDEX "ix_u" ON "users_tags" ("user_id")
-- and the triggers of users_tags again
-- and back
CREATE TABLE "aludel_new_users_tags" ("user_id" INTEGER NOT NULL, "tag_id" INTEGER NOT NULL, "id" INTEGER NOT NULL, "note" TEXT, PRIMARY KEY ("user_id", "tag_id"), CONSTRAINT "fk_u" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE, CONSTRAINT "fk_t" FOREIGN KEY ("tag_id") REFERENCES "tags" ("id") ON DELETE CASCADE)
INSERT INTO "aludel_new_users_tags" ("user_id", "tag_id", "id", "note") SELECT "user_id", "tag_id", "id", "note" FROM "users_tags"
DROP TABLE "users_tags"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users_tags" RENAME TO "users_tags"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_t" ON "users_tags" ("tag_id")
CREATE INDEX "ix_u" ON "users_tags" ("user_id")
-- and the triggers of users_tags again
DROP INDEX "ix_u"
ALTER TABLE "users_tags" DROP COLUMN "note"
ALTER TABLE "users_tags" DROP COLUMN "id"

-- a numbered key is numbered no more
-- and back

-- a key is numbered
-- and back

-- a numbered key is always numbered
-- and back

-- a unique constraint comes
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), CONSTRAINT "uq_users_name" UNIQUE ("name"))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a unique constraint goes
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), CONSTRAINT "uq_users_name" UNIQUE ("name"))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a unique constraint gets a column more
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), CONSTRAINT "uq" UNIQUE ("name", "id"))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), CONSTRAINT "uq" UNIQUE ("name"))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a unique constraint is called otherwise
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), CONSTRAINT "uq_2" UNIQUE ("name"))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), CONSTRAINT "uq_1" UNIQUE ("name"))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a unique constraint becomes an index
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
CREATE INDEX "uq" ON "users" ("name")
-- and back
DROP INDEX "uq"
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), CONSTRAINT "uq" UNIQUE ("name"))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a CHECK comes
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), CONSTRAINT "ck" CHECK ("name" <> ''))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a CHECK goes
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), CONSTRAINT "ck" CHECK ("name" <> ''))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a CHECK changes
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), CONSTRAINT "ck" CHECK ("name" <> 'z'))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), CONSTRAINT "ck" CHECK ("name" <> ''))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a CHECK is called otherwise
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), CONSTRAINT "ck_2" CHECK ("name" <> ''))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), CONSTRAINT "ck_1" CHECK ("name" <> ''))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a CHECK is written otherwise and says the same
-- and back

-- CHECKs of every kind come
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "n" INTEGER NOT NULL, CONSTRAINT "ck_1" CHECK ("name" IN ('v1', 'v2', 'v3') OR ("n" BETWEEN 1 AND 9)), CONSTRAINT "ck_2" CHECK (NOT (aludel_like("name", 'a%')) AND length("name") <= 9))
INSERT INTO "aludel_new_users" ("id", "name", "n") SELECT "id", "name", "n" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "n" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "n") SELECT "id", "name", "n" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- an index comes
CREATE INDEX "ix" ON "users" ("name")
-- and back
DROP INDEX "ix"

-- an index goes
DROP INDEX "ix"
-- and back
CREATE INDEX "ix" ON "users" ("name")

-- an index gets a column more
DROP INDEX "ix"
CREATE INDEX "ix" ON "users" ("name", "id")
-- and back
DROP INDEX "ix"
CREATE INDEX "ix" ON "users" ("name")

-- an index turns around
DROP INDEX "ix"
CREATE INDEX "ix" ON "users" ("name" DESC)
-- and back
DROP INDEX "ix"
CREATE INDEX "ix" ON "users" ("name")

-- an index becomes unique
DROP INDEX "ix"
CREATE UNIQUE INDEX "ix" ON "users" ("name")
-- and back
DROP INDEX "ix"
CREATE INDEX "ix" ON "users" ("name")

-- an index is called otherwise
DROP INDEX "ix_1"
CREATE INDEX "ix_2" ON "users" ("name")
-- and back
DROP INDEX "ix_2"
CREATE INDEX "ix_1" ON "users" ("name")

-- an index of an expression comes
CREATE INDEX "ix" ON "users" ((aludel_lower("name")))
-- and back
DROP INDEX "ix"

-- an index of some rows comes
CREATE INDEX "ix" ON "users" ("name") WHERE "id" > 1
-- and back
DROP INDEX "ix"

-- an index of some rows covers others
DROP INDEX "ix"
CREATE INDEX "ix" ON "users" ("name") WHERE "id" > 2
-- and back
DROP INDEX "ix"
CREATE INDEX "ix" ON "users" ("name") WHERE "id" > 1

-- an index gets a method
-- the database can't do this: sqlite has no index method "hash"; leave the method out
-- and back
DROP INDEX "ix"
CREATE INDEX "ix" ON "users" ("name")

-- an index keeps further columns
-- the database can't do this: sqlite has no columns kept in an index (INCLUDE); index them as further columns
-- and back
DROP INDEX "ix"
CREATE INDEX "ix" ON "users" ("name")

-- an index of a text comes
CREATE INDEX "ix" ON "users" ("body")
-- and back
DROP INDEX "ix"

-- an index of a text goes
DROP INDEX "ix"
-- and back
CREATE INDEX "ix" ON "users" ("body")

-- a foreign key comes
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
-- and back
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL)
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again

-- a foreign key goes
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL)
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
-- and back
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again

-- a foreign key cascades
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE CASCADE)
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
-- and back
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again

-- a foreign key is deferred
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id") DEFERRABLE INITIALLY DEFERRED)
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
-- and back
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again

-- a foreign key sets NULL
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE SET NULL)
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
-- and back
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again

-- a foreign key leads elsewhere
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "people" ("id"))
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
-- and back
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again

-- a foreign key is called otherwise
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_2" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
-- and back
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again

-- an index goes that a reference needs
DROP INDEX "ix_1"
-- and back
CREATE INDEX "ix_1" ON "posts" ("author_id")

-- an index that a reference needs turns to another column
DROP INDEX "ix_1"
CREATE INDEX "ix_1" ON "posts" ("title")
-- and back
DROP INDEX "ix_1"
CREATE INDEX "ix_1" ON "posts" ("author_id")

-- a column goes that shares an index with a reference
DROP INDEX "ix_1"
ALTER TABLE "posts" DROP COLUMN "n"
-- and back
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, "n" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("n", "id", "title", "author_id") SELECT 0, "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
CREATE INDEX "ix_1" ON "posts" ("author_id", "n")

-- two references share a column, and one goes
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "a" INTEGER NOT NULL, "n" VARCHAR(40) NOT NULL CONSTRAINT "ck_posts_n_max_length" CHECK (length("n") <= 40), CONSTRAINT "fk_2" FOREIGN KEY ("a") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("id", "a", "n") SELECT "id", "a", "n" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
-- and back
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "a" INTEGER NOT NULL, "n" VARCHAR(40) NOT NULL CONSTRAINT "ck_posts_n_max_length" CHECK (length("n") <= 40), CONSTRAINT "fk_2" FOREIGN KEY ("a") REFERENCES "users" ("id"), CONSTRAINT "fk_1" FOREIGN KEY ("a", "n") REFERENCES "users" ("id", "name"))
INSERT INTO "aludel_new_posts" ("id", "a", "n") SELECT "id", "a", "n" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again

-- a new table refers to a new unique column
CREATE TABLE "badges" ("id" INTEGER NOT NULL PRIMARY KEY, "user_code" VARCHAR(9) CONSTRAINT "ck_badges_user_code_max_length" CHECK (length("user_code") <= 9))
ALTER TABLE "users" ADD COLUMN "code" VARCHAR(9) CONSTRAINT "ck_users_code_max_length" CHECK (length("code") <= 9)
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "code" VARCHAR(9) CONSTRAINT "ck_users_code_max_length" CHECK (length("code") <= 9), CONSTRAINT "uq_code" UNIQUE ("code"))
INSERT INTO "aludel_new_users" ("id", "name", "code") SELECT "id", "name", "code" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
CREATE TABLE "aludel_new_badges" ("id" INTEGER NOT NULL PRIMARY KEY, "user_code" VARCHAR(9) CONSTRAINT "ck_badges_user_code_max_length" CHECK (length("user_code") <= 9), CONSTRAINT "fk_code" FOREIGN KEY ("user_code") REFERENCES "users" ("code"))
INSERT INTO "aludel_new_badges" ("id", "user_code") SELECT "id", "user_code" FROM "badges"
DROP TABLE "badges"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_badges" RENAME TO "badges"
PRAGMA legacy_alter_table = OFF
-- and the triggers of badges again
-- and back
CREATE TABLE "aludel_new_badges" ("id" INTEGER NOT NULL PRIMARY KEY, "user_code" VARCHAR(9) CONSTRAINT "ck_badges_user_code_max_length" CHECK (length("user_code") <= 9))
INSERT INTO "aludel_new_badges" ("id", "user_code") SELECT "id", "user_code" FROM "badges"
DROP TABLE "badges"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_badges" RENAME TO "badges"
PRAGMA legacy_alter_table = OFF
-- and the triggers of badges again
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "code" VARCHAR(9) CONSTRAINT "ck_users_code_max_length" CHECK (length("code") <= 9))
INSERT INTO "aludel_new_users" ("id", "name", "code") SELECT "id", "name", "code" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
ALTER TABLE "users" DROP COLUMN "code"
DROP TABLE "badges"

-- a new table refers to a key that grows
CREATE TABLE "posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL)
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
-- and back
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL)
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
DROP TABLE "posts"

-- a table goes, and the unique column that it referred to
CREATE TABLE "aludel_new_badges" ("id" INTEGER NOT NULL PRIMARY KEY, "user_code" VARCHAR(9) CONSTRAINT "ck_badges_user_code_max_length" CHECK (length("user_code") <= 9))
INSERT INTO "aludel_new_badges" ("id", "user_code") SELECT "id", "user_code" FROM "badges"
DROP TABLE "badges"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_badges" RENAME TO "badges"
PRAGMA legacy_alter_table = OFF
-- and the triggers of badges again
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "code" VARCHAR(9) CONSTRAINT "ck_users_code_max_length" CHECK (length("code") <= 9))
INSERT INTO "aludel_new_users" ("id", "name", "code") SELECT "id", "name", "code" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
ALTER TABLE "users" DROP COLUMN "code"
DROP TABLE "badges"
-- and back
CREATE TABLE "badges" ("id" INTEGER NOT NULL PRIMARY KEY, "user_code" VARCHAR(9) CONSTRAINT "ck_badges_user_code_max_length" CHECK (length("user_code") <= 9))
ALTER TABLE "users" ADD COLUMN "code" VARCHAR(9) CONSTRAINT "ck_users_code_max_length" CHECK (length("code") <= 9)
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "code" VARCHAR(9) CONSTRAINT "ck_users_code_max_length" CHECK (length("code") <= 9), CONSTRAINT "uq_code" UNIQUE ("code"))
INSERT INTO "aludel_new_users" ("id", "name", "code") SELECT "id", "name", "code" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
CREATE TABLE "aludel_new_badges" ("id" INTEGER NOT NULL PRIMARY KEY, "user_code" VARCHAR(9) CONSTRAINT "ck_badges_user_code_max_length" CHECK (length("user_code") <= 9), CONSTRAINT "fk_code" FOREIGN KEY ("user_code") REFERENCES "users" ("code"))
INSERT INTO "aludel_new_badges" ("id", "user_code") SELECT "id", "user_code" FROM "badges"
DROP TABLE "badges"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_badges" RENAME TO "badges"
PRAGMA legacy_alter_table = OFF
-- and the triggers of badges again

-- a table goes, and the key that it referred to grows
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "author_id" INTEGER NOT NULL)
INSERT INTO "aludel_new_posts" ("id", "author_id") SELECT "id", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
DROP TABLE "posts"
-- and back
CREATE TABLE "posts" ("id" INTEGER NOT NULL PRIMARY KEY, "author_id" INTEGER NOT NULL)
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "users" ("id"))
INSERT INTO "aludel_new_posts" ("id", "author_id") SELECT "id", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again

-- a unique constraint that is referred to becomes an index
CREATE TABLE "aludel_new_badges" ("id" INTEGER NOT NULL PRIMARY KEY, "c" VARCHAR(9) CONSTRAINT "ck_badges_c_max_length" CHECK (length("c") <= 9))
INSERT INTO "aludel_new_badges" ("id", "c") SELECT "id", "c" FROM "badges"
DROP TABLE "badges"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_badges" RENAME TO "badges"
PRAGMA legacy_alter_table = OFF
-- and the triggers of badges again
CREATE UNIQUE INDEX "ux_code" ON "users" ("code")
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "code" VARCHAR(9) CONSTRAINT "ck_users_code_max_length" CHECK (length("code") <= 9))
INSERT INTO "aludel_new_users" ("id", "name", "code") SELECT "id", "name", "code" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
CREATE UNIQUE INDEX "ux_code" ON "users" ("code")
-- and the triggers of users again
CREATE TABLE "aludel_new_badges" ("id" INTEGER NOT NULL PRIMARY KEY, "c" VARCHAR(9) CONSTRAINT "ck_badges_c_max_length" CHECK (length("c") <= 9), CONSTRAINT "fk_code" FOREIGN KEY ("c") REFERENCES "users" ("code"))
INSERT INTO "aludel_new_badges" ("id", "c") SELECT "id", "c" FROM "badges"
DROP TABLE "badges"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_badges" RENAME TO "badges"
PRAGMA legacy_alter_table = OFF
-- and the triggers of badges again
-- and back
CREATE TABLE "aludel_new_badges" ("id" INTEGER NOT NULL PRIMARY KEY, "c" VARCHAR(9) CONSTRAINT "ck_badges_c_max_length" CHECK (length("c") <= 9))
INSERT INTO "aludel_new_badges" ("id", "c") SELECT "id", "c" FROM "badges"
DROP TABLE "badges"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_badges" RENAME TO "badges"
PRAGMA legacy_alter_table = OFF
-- and the triggers of badges again
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "code" VARCHAR(9) CONSTRAINT "ck_users_code_max_length" CHECK (length("code") <= 9), CONSTRAINT "uq_code" UNIQUE ("code"))
INSERT INTO "aludel_new_users" ("id", "name", "code") SELECT "id", "name", "code" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
CREATE UNIQUE INDEX "ux_code" ON "users" ("code")
-- and the triggers of users again
DROP INDEX "ux_code"
CREATE TABLE "aludel_new_badges" ("id" INTEGER NOT NULL PRIMARY KEY, "c" VARCHAR(9) CONSTRAINT "ck_badges_c_max_length" CHECK (length("c") <= 9), CONSTRAINT "fk_code" FOREIGN KEY ("c") REFERENCES "users" ("code"))
INSERT INTO "aludel_new_badges" ("id", "c") SELECT "id", "c" FROM "badges"
DROP TABLE "badges"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_badges" RENAME TO "badges"
PRAGMA legacy_alter_table = OFF
-- and the triggers of badges again

-- an index moves to another table under its name
DROP INDEX "ix_slug"
CREATE INDEX "ix_slug" ON "b" ("slug")
-- and back
DROP INDEX "ix_slug"
CREATE INDEX "ix_slug" ON "a" ("slug")

-- a table goes, and its index's name is another's
CREATE TABLE "articles" ("id" INTEGER NOT NULL PRIMARY KEY, "slug" VARCHAR(9) NOT NULL CONSTRAINT "ck_articles_slug_max_length" CHECK (length("slug") <= 9))
DROP INDEX "ix_slug"
CREATE INDEX "ix_slug" ON "articles" ("slug")
DROP TABLE "drafts"
-- and back
CREATE TABLE "drafts" ("id" INTEGER NOT NULL PRIMARY KEY, "x" VARCHAR(9) NOT NULL CONSTRAINT "ck_drafts_x_max_length" CHECK (length("x") <= 9), "y" VARCHAR(9) NOT NULL CONSTRAINT "ck_drafts_y_max_length" CHECK (length("y") <= 9), "z" VARCHAR(9) NOT NULL CONSTRAINT "ck_drafts_z_max_length" CHECK (length("z") <= 9))
DROP INDEX "ix_slug"
CREATE INDEX "ix_slug" ON "drafts" ("x")
DROP TABLE "articles"

-- an index takes over for a foreign key's own
CREATE INDEX "ix_2" ON "posts" ("author_id", "title")
DROP INDEX "ix_1"
-- and back
CREATE INDEX "ix_1" ON "posts" ("author_id")
DROP INDEX "ix_2"

-- an enum comes
ALTER TABLE "users" ADD COLUMN "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad', 'sad'))
-- and back
ALTER TABLE "users" DROP COLUMN "m"

-- an enum goes
ALTER TABLE "users" DROP COLUMN "m"
-- and back
ALTER TABLE "users" ADD COLUMN "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad', 'sad'))

-- a value comes at the end
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad', 'sad', 'blue')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad', 'sad')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a value comes in between
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad', 'so', 'sad')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad', 'sad')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- several values come
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad', 'a', 'sad', 'b', 'c')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad', 'sad')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a value comes and is the default
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'sad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad', 'sad')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- the value that was the default goes
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'a' CONSTRAINT "ck_users_m" CHECK ("m" IN ('a')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'b' CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'b')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- the value that is the default is renamed
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'blue' CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'blue')))
INSERT INTO "aludel_new_users" ("m", "id", "name") SELECT CASE "m" WHEN 'sad' THEN 'blue' ELSE "m" END, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'sad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'sad')))
INSERT INTO "aludel_new_users" ("m", "id", "name") SELECT CASE "m" WHEN 'blue' THEN 'sad' ELSE "m" END, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a value goes, and another that comes is the default
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'd' CONSTRAINT "ck_users_m" CHECK ("m" IN ('b', 'c', 'd')))
INSERT INTO "aludel_new_users" ("m", "id", "name") SELECT CASE "m" WHEN 'a' THEN 'b' ELSE "m" END, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'a' CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'b', 'c')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a value goes, and its rows get another
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'c' CONSTRAINT "ck_users_m" CHECK ("m" IN ('b', 'c')), "n" TEXT CONSTRAINT "ck_users_n" CHECK ("n" IN ('b', 'c')))
INSERT INTO "aludel_new_users" ("m", "n", "id", "name") SELECT CASE "m" WHEN 'a' THEN 'c' ELSE "m" END, CASE "n" WHEN 'a' THEN 'c' ELSE "n" END, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'c' CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'b', 'c')), "n" TEXT CONSTRAINT "ck_users_n" CHECK ("n" IN ('a', 'b', 'c')))
INSERT INTO "aludel_new_users" ("id", "name", "m", "n") SELECT "id", "name", "m", "n" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- two values become one that is new
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('d', 'b')))
INSERT INTO "aludel_new_users" ("m", "id", "name") SELECT CASE "m" WHEN 'a' THEN 'd' ELSE "m" END, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('d')))
INSERT INTO "aludel_new_users" ("m", "id", "name") SELECT CASE "m" WHEN 'b' THEN 'd' ELSE "m" END, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'b')))
INSERT INTO "aludel_new_users" ("m", "id", "name") SELECT CASE "m" WHEN 'd' THEN 'a' ELSE "m" END, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- two values become one that stays, and one of them was the default
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'c' CONSTRAINT "ck_users_m" CHECK ("m" IN ('c')))
INSERT INTO "aludel_new_users" ("m", "id", "name") SELECT CASE "m" WHEN 'a' THEN 'c' WHEN 'b' THEN 'c' ELSE "m" END, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'b' CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'b', 'c')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a value goes of a key that is referred to
CREATE TABLE "aludel_new_moods" ("m" TEXT NOT NULL CONSTRAINT "ck_moods_m" CHECK ("m" IN ('b')), PRIMARY KEY ("m"))
INSERT INTO "aludel_new_moods" ("m") SELECT CASE "m" WHEN 'a' THEN 'b' ELSE "m" END FROM "moods"
DROP TABLE "moods"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_moods" RENAME TO "moods"
PRAGMA legacy_alter_table = OFF
-- and the triggers of moods again
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT CONSTRAINT "ck_users_m" CHECK ("m" IN ('b')), CONSTRAINT "fk_users_m" FOREIGN KEY ("m") REFERENCES "moods" ("m"))
INSERT INTO "aludel_new_users" ("m", "id", "name") SELECT CASE "m" WHEN 'a' THEN 'b' ELSE "m" END, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_moods" ("m" TEXT NOT NULL CONSTRAINT "ck_moods_m" CHECK ("m" IN ('a', 'b')), PRIMARY KEY ("m"))
INSERT INTO "aludel_new_moods" ("m") SELECT "m" FROM "moods"
DROP TABLE "moods"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_moods" RENAME TO "moods"
PRAGMA legacy_alter_table = OFF
-- and the triggers of moods again
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'b')), CONSTRAINT "fk_users_m" FOREIGN KEY ("m") REFERENCES "moods" ("m"))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a value goes under a computed column that keys and constraints have
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('b')), "c" VARCHAR(1) GENERATED ALWAYS AS ((CASE WHEN m = 'b' THEN 'x' ELSE 'y' END)) STORED NOT NULL CONSTRAINT "ck_users_c_max_length" CHECK (length("c") <= 1), CONSTRAINT "uq_users_c" UNIQUE ("c"), CONSTRAINT "ck_users_c" CHECK ("c" <> 'z'))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_users_c" ON "users" ("c", "id")
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'b')), "c" VARCHAR(1) GENERATED ALWAYS AS ((CASE WHEN m = 'b' THEN 'x' ELSE 'y' END)) STORED NOT NULL CONSTRAINT "ck_users_c_max_length" CHECK (length("c") <= 1), CONSTRAINT "uq_users_c" UNIQUE ("c"), CONSTRAINT "ck_users_c" CHECK ("c" <> 'z'))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_users_c" ON "users" ("c", "id")
-- and the triggers of users again

-- a value that an index of some rows names is renamed
DROP INDEX "ix"
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'blue')))
INSERT INTO "aludel_new_users" ("m", "id", "name") SELECT CASE "m" WHEN 'sad' THEN 'blue' ELSE "m" END, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
CREATE INDEX "ix" ON "users" ("name") WHERE "m" = 'blue'
-- and back
DROP INDEX "ix"
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'sad')))
INSERT INTO "aludel_new_users" ("m", "id", "name") SELECT CASE "m" WHEN 'blue' THEN 'sad' ELSE "m" END, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
CREATE INDEX "ix" ON "users" ("name") WHERE "m" = 'sad'

-- values go, and CHECKs, indexes and computed columns stay
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'b')), CONSTRAINT "ck" CHECK ("m" <> 'b'))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix" ON "users" ("m")
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'b', 'c')), CONSTRAINT "ck" CHECK ("m" <> 'b'))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix" ON "users" ("m")
-- and the triggers of users again

-- a value goes under an index of some rows
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix" ON "users" ("name") WHERE "m" = 'a'
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'c')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix" ON "users" ("name") WHERE "m" = 'a'
-- and the triggers of users again

-- a value that a CHECK lists is renamed
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'blue')), CONSTRAINT "ck" CHECK ("m" IN ('a', 'blue')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", CASE "m" WHEN 'sad' THEN 'blue' ELSE "m" END FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'sad')), CONSTRAINT "ck" CHECK ("m" IN ('a', 'sad')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", CASE "m" WHEN 'blue' THEN 'sad' ELSE "m" END FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a value goes of two columns that a CHECK and an index compare
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'b')), "n" TEXT CONSTRAINT "ck_users_n" CHECK ("n" IN ('a', 'b')), CONSTRAINT "ck" CHECK ("m" <> "n"))
INSERT INTO "aludel_new_users" ("id", "name", "m", "n") SELECT "id", "name", "m", "n" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix" ON "users" ("m", "n")
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'b', 'c')), "n" TEXT CONSTRAINT "ck_users_n" CHECK ("n" IN ('a', 'b', 'c')), CONSTRAINT "ck" CHECK ("m" <> "n"))
INSERT INTO "aludel_new_users" ("id", "name", "m", "n") SELECT "id", "name", "m", "n" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix" ON "users" ("m", "n")
-- and the triggers of users again

-- a value goes under views on views
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'c')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a column is renamed that is called like a function of a CHECK
ALTER TABLE "users" RENAME COLUMN "length" TO "size"
-- and back
ALTER TABLE "users" RENAME COLUMN "size" TO "length"

-- a value goes under a view
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'c')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a value goes
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad', 'sad')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad', 'sad', 'blue')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- a value is renamed
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad', 'blue')))
INSERT INTO "aludel_new_users" ("m", "id", "name") SELECT CASE "m" WHEN 'sad' THEN 'blue' ELSE "m" END, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad', 'sad')))
INSERT INTO "aludel_new_users" ("m", "id", "name") SELECT CASE "m" WHEN 'blue' THEN 'sad' ELSE "m" END, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- values change their order
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('sad', 'glad')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_users_m" CHECK ("m" IN ('glad', 'sad')))
INSERT INTO "aludel_new_users" ("id", "name", "m") SELECT "id", "name", "m" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- an enum is called otherwise
-- and back

-- two columns of an enum get a value more
CREATE TABLE "aludel_new_more" ("id" INTEGER NOT NULL PRIMARY KEY, "m" TEXT NOT NULL CONSTRAINT "ck_more_m" CHECK ("m" IN ('a', 'b')))
INSERT INTO "aludel_new_more" ("id", "m") SELECT "id", "m" FROM "more"
DROP TABLE "more"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_more" RENAME TO "more"
PRAGMA legacy_alter_table = OFF
-- and the triggers of more again
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a', 'b')), "n" TEXT CONSTRAINT "ck_users_n" CHECK ("n" IN ('a', 'b')))
INSERT INTO "aludel_new_users" ("id", "name", "m", "n") SELECT "id", "name", "m", "n" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
-- and back
CREATE TABLE "aludel_new_more" ("id" INTEGER NOT NULL PRIMARY KEY, "m" TEXT NOT NULL CONSTRAINT "ck_more_m" CHECK ("m" IN ('a')))
INSERT INTO "aludel_new_more" ("id", "m") SELECT "id", "m" FROM "more"
DROP TABLE "more"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_more" RENAME TO "more"
PRAGMA legacy_alter_table = OFF
-- and the triggers of more again
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "m" TEXT NOT NULL CONSTRAINT "ck_users_m" CHECK ("m" IN ('a')), "n" TEXT CONSTRAINT "ck_users_n" CHECK ("n" IN ('a')))
INSERT INTO "aludel_new_users" ("id", "name", "m", "n") SELECT "id", "name", "m", "n" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again

-- an array of an enum comes
-- the database can't do this: sqlite has no arrays; use a JSON column or a table of its own
-- and back
ALTER TABLE "users" DROP COLUMN "m"

-- a computed column comes
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "h" INTEGER NOT NULL, "area" INTEGER GENERATED ALWAYS AS ("w" * "h") STORED)
INSERT INTO "aludel_new_boxes" ("id", "w", "h") SELECT "id", "w", "h" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
-- and the triggers of boxes again
-- and back
ALTER TABLE "boxes" DROP COLUMN "area"

-- a computed column that is not stored comes
ALTER TABLE "boxes" ADD COLUMN "area" INTEGER GENERATED ALWAYS AS ("w" * "h") VIRTUAL
-- and back
ALTER TABLE "boxes" DROP COLUMN "area"

-- a computed column goes
ALTER TABLE "boxes" DROP COLUMN "area"
-- and back
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "h" INTEGER NOT NULL, "area" INTEGER GENERATED ALWAYS AS ("w" * "h") STORED)
INSERT INTO "aludel_new_boxes" ("id", "w", "h") SELECT "id", "w", "h" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
-- and the triggers of boxes again

-- a computed column is computed otherwise
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "h" INTEGER NOT NULL, "area" INTEGER GENERATED ALWAYS AS ("w" + "h") STORED)
INSERT INTO "aludel_new_boxes" ("id", "w", "h") SELECT "id", "w", "h" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
-- and the triggers of boxes again
-- and back
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "h" INTEGER NOT NULL, "area" INTEGER GENERATED ALWAYS AS ("w" * "h") STORED)
INSERT INTO "aludel_new_boxes" ("id", "w", "h") SELECT "id", "w", "h" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
-- and the triggers of boxes again

-- a computed column becomes a plain one
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "h" INTEGER NOT NULL, "area" INTEGER)
INSERT INTO "aludel_new_boxes" ("id", "w", "h", "area") SELECT "id", "w", "h", "area" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
-- and the triggers of boxes again
-- and back
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "h" INTEGER NOT NULL, "area" INTEGER GENERATED ALWAYS AS ("w" * "h") STORED)
INSERT INTO "aludel_new_boxes" ("id", "w", "h") SELECT "id", "w", "h" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
-- and the triggers of boxes again

-- a plain column becomes a computed one
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "h" INTEGER NOT NULL, "area" INTEGER GENERATED ALWAYS AS ("w" * "h") STORED)
INSERT INTO "aludel_new_boxes" ("id", "w", "h") SELECT "id", "w", "h" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
-- and the triggers of boxes again
-- and back
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "h" INTEGER NOT NULL, "area" INTEGER)
INSERT INTO "aludel_new_boxes" ("id", "w", "h", "area") SELECT "id", "w", "h", "area" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
-- and the triggers of boxes again

-- a computed column with an index is computed otherwise
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "h" INTEGER NOT NULL, "area" INTEGER GENERATED ALWAYS AS ("w" + 1) STORED)
INSERT INTO "aludel_new_boxes" ("id", "w", "h") SELECT "id", "w", "h" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_area" ON "boxes" ("area")
-- and the triggers of boxes again
-- and back
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "h" INTEGER NOT NULL, "area" INTEGER GENERATED ALWAYS AS ("w" * "h") STORED)
INSERT INTO "aludel_new_boxes" ("id", "w", "h") SELECT "id", "w", "h" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_area" ON "boxes" ("area")
-- and the triggers of boxes again

-- what a column is computed from grows
ALTER TABLE "boxes" DROP COLUMN "area"
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "area" INTEGER GENERATED ALWAYS AS ("w" * 2) STORED)
INSERT INTO "aludel_new_boxes" ("id", "w") SELECT "id", "w" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
-- and the triggers of boxes again
-- and back
ALTER TABLE "boxes" DROP COLUMN "area"
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "area" INTEGER GENERATED ALWAYS AS ("w" * 2) STORED)
INSERT INTO "aludel_new_boxes" ("id", "w") SELECT "id", "w" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
-- and the triggers of boxes again

-- what a computed column with constraints is computed from grows
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "area" INTEGER GENERATED ALWAYS AS ("w" * 2) STORED)
INSERT INTO "aludel_new_boxes" ("id", "w") SELECT "id", "w" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
-- and the triggers of boxes again
CREATE INDEX "ix" ON "boxes" ("area", "w")
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "area" INTEGER GENERATED ALWAYS AS ("w" * 2) STORED, CONSTRAINT "ck" CHECK ("area" >= 0))
INSERT INTO "aludel_new_boxes" ("id", "w") SELECT "id", "w" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix" ON "boxes" ("area", "w")
-- and the triggers of boxes again
-- and back
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "area" INTEGER GENERATED ALWAYS AS ("w" * 2) STORED)
INSERT INTO "aludel_new_boxes" ("id", "w") SELECT "id", "w" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix" ON "boxes" ("area", "w")
-- and the triggers of boxes again
DROP INDEX "ix"
ALTER TABLE "boxes" DROP COLUMN "area"
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "area" INTEGER GENERATED ALWAYS AS ("w" * 2) STORED, CONSTRAINT "ck" CHECK ("area" >= 0))
INSERT INTO "aludel_new_boxes" ("id", "w") SELECT "id", "w" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
-- and the triggers of boxes again
CREATE INDEX "ix" ON "boxes" ("area")

-- a computed column becomes a plain one of another type
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "h" INTEGER NOT NULL, "area" INTEGER)
INSERT INTO "aludel_new_boxes" ("id", "w", "h", "area") SELECT "id", "w", "h", "area" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
-- and the triggers of boxes again
-- and back
CREATE TABLE "aludel_new_boxes" ("id" INTEGER NOT NULL PRIMARY KEY, "w" INTEGER NOT NULL, "h" INTEGER NOT NULL, "area" INTEGER GENERATED ALWAYS AS ("w" * "h") STORED)
INSERT INTO "aludel_new_boxes" ("id", "w", "h") SELECT "id", "w", "h" FROM "boxes"
DROP TABLE "boxes"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_boxes" RENAME TO "boxes"
PRAGMA legacy_alter_table = OFF
-- and the triggers of boxes again

-- a column is renamed that another is computed from
ALTER TABLE "boxes" RENAME COLUMN "w" TO "width"
-- and back
ALTER TABLE "boxes" RENAME COLUMN "width" TO "w"

-- a view comes
CREATE VIEW "names" AS SELECT id, name FROM users
-- and back
DROP VIEW "names"

-- a view goes
DROP VIEW "names"
-- and back
CREATE VIEW "names" AS SELECT id, name FROM users

-- a view changes
DROP VIEW "names"
CREATE VIEW "names" AS SELECT name FROM users
-- and what hung on names, again
-- and back
DROP VIEW "names"
CREATE VIEW "names" AS SELECT id, name FROM users
-- and what hung on names, again

-- a view stands on a column that changes
DROP VIEW "names"
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(90) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 90))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
CREATE VIEW "names" AS SELECT id, name FROM users
-- and what hung on names, again
-- and back
DROP VIEW "names"
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
INSERT INTO "aludel_new_users" ("id", "name") SELECT "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
CREATE VIEW "names" AS SELECT id, name FROM users
-- and what hung on names, again

-- a view stands on a column that goes
DROP VIEW "names"
ALTER TABLE "users" DROP COLUMN "age"
CREATE VIEW "names" AS SELECT name FROM users
-- and what hung on names, again
-- and back
DROP VIEW "names"
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "age" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("age", "id", "name") SELECT 0, "id", "name" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
CREATE VIEW "names" AS SELECT name, age FROM users
-- and what hung on names, again

-- views stand on views
DROP VIEW "first_names"
DROP VIEW "names"
ALTER TABLE "users" RENAME COLUMN "name" TO "full_name"
CREATE VIEW "names" AS SELECT id, full_name AS name FROM users
-- and what hung on names, again
CREATE VIEW "first_names" AS SELECT name FROM names WHERE id > 0
-- and what hung on first_names, again
-- and back
DROP VIEW "first_names"
DROP VIEW "names"
ALTER TABLE "users" RENAME COLUMN "full_name" TO "name"
CREATE VIEW "names" AS SELECT id, name FROM users
-- and what hung on names, again
CREATE VIEW "first_names" AS SELECT name FROM names WHERE id > 0
-- and what hung on first_names, again

-- a view comes with its table
CREATE TABLE "users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40))
CREATE VIEW "names" AS SELECT id, name FROM users
-- and back
DROP VIEW "names"
DROP TABLE "users"

-- a materialized view comes
-- the database can't do this: sqlite has no materialized views; make it a view
-- and back
DROP MATERIALIZED VIEW "names"

-- a materialized view changes
-- the database can't do this: sqlite has no materialized views; make it a view
-- and back
-- the database can't do this: sqlite has no materialized views; make it a view

-- much changes at once
ALTER TABLE "users" RENAME TO "people"
ALTER TABLE "people" RENAME COLUMN "name" TO "full_name"
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL)
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
CREATE TABLE "tags" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(20) NOT NULL CONSTRAINT "ck_tags_name_max_length" CHECK (length("name") <= 20))
ALTER TABLE "people" ADD COLUMN "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_people_m" CHECK ("m" IN ('glad'))
ALTER TABLE "posts" ADD COLUMN "slug" VARCHAR(80) CONSTRAINT "ck_posts_slug_max_length" CHECK (length("slug") <= 80)
CREATE TABLE "aludel_new_people" ("id" INTEGER NOT NULL PRIMARY KEY, "full_name" VARCHAR(80) NOT NULL CONSTRAINT "ck_people_full_name_max_length" CHECK (length("full_name") <= 80), "age" INTEGER NOT NULL DEFAULT 1, "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_people_m" CHECK ("m" IN ('glad')))
INSERT INTO "aludel_new_people" ("id", "full_name", "age", "m") SELECT "id", "full_name", "age", "m" FROM "people"
DROP TABLE "people"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_people" RENAME TO "people"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_age" ON "people" ("age")
-- and the triggers of people again
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER, "slug" VARCHAR(80) CONSTRAINT "ck_posts_slug_max_length" CHECK (length("slug") <= 80))
INSERT INTO "aludel_new_posts" ("id", "title", "author_id", "slug") SELECT "id", "title", "author_id", "slug" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
DROP INDEX "ix_age"
CREATE INDEX "ix_age" ON "people" ("age", "full_name")
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER, "slug" VARCHAR(80) CONSTRAINT "ck_posts_slug_max_length" CHECK (length("slug") <= 80), CONSTRAINT "uq_slug" UNIQUE ("slug"), CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "people" ("id") ON DELETE SET NULL)
INSERT INTO "aludel_new_posts" ("id", "title", "author_id", "slug") SELECT "id", "title", "author_id", "slug" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
DROP TABLE "old"
-- and back
CREATE TABLE "old" ("x" INTEGER NOT NULL)
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER, "slug" VARCHAR(80) CONSTRAINT "ck_posts_slug_max_length" CHECK (length("slug") <= 80))
INSERT INTO "aludel_new_posts" ("id", "title", "author_id", "slug") SELECT "id", "title", "author_id", "slug" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
DROP INDEX "ix_age"
CREATE INDEX "ix_age" ON "people" ("age")
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, "slug" VARCHAR(80) CONSTRAINT "ck_posts_slug_max_length" CHECK (length("slug") <= 80))
INSERT INTO "aludel_new_posts" ("id", "title", "author_id", "slug") SELECT "id", "title", "author_id", "slug" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
CREATE TABLE "aludel_new_people" ("id" INTEGER NOT NULL PRIMARY KEY, "full_name" VARCHAR(40) NOT NULL CONSTRAINT "ck_people_full_name_max_length" CHECK (length("full_name") <= 40), "age" INTEGER NOT NULL, "m" TEXT NOT NULL DEFAULT 'glad' CONSTRAINT "ck_people_m" CHECK ("m" IN ('glad')))
INSERT INTO "aludel_new_people" ("id", "full_name", "age", "m") SELECT "id", "full_name", "age", "m" FROM "people"
DROP TABLE "people"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_people" RENAME TO "people"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix_age" ON "people" ("age")
-- and the triggers of people again
ALTER TABLE "posts" DROP COLUMN "slug"
ALTER TABLE "people" DROP COLUMN "m"
DROP TABLE "tags"
CREATE TABLE "aludel_new_posts" ("id" INTEGER NOT NULL PRIMARY KEY, "title" VARCHAR(80) NOT NULL CONSTRAINT "ck_posts_title_max_length" CHECK (length("title") <= 80), "author_id" INTEGER NOT NULL, CONSTRAINT "fk_posts_author_id" FOREIGN KEY ("author_id") REFERENCES "people" ("id"))
INSERT INTO "aludel_new_posts" ("id", "title", "author_id") SELECT "id", "title", "author_id" FROM "posts"
DROP TABLE "posts"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_posts" RENAME TO "posts"
PRAGMA legacy_alter_table = OFF
-- and the triggers of posts again
ALTER TABLE "people" RENAME COLUMN "full_name" TO "name"
ALTER TABLE "people" RENAME TO "users"

-- hostile names change
ALTER TABLE "or""der `x`" RENAME COLUMN "sel""ect" TO "gr`oup"
ALTER TABLE "or""der `x`" ADD COLUMN "it's" INTEGER NOT NULL DEFAULT 1
CREATE INDEX "ix ""1""" ON "or""der `x`" ("it's")
CREATE TABLE "aludel_new_or""der `x`" ("id" INTEGER NOT NULL PRIMARY KEY, "gr`oup" VARCHAR(20) NOT NULL CONSTRAINT "ck_or""der `x`_gr`oup_max_length" CHECK (length("gr`oup") <= 20), "it's" INTEGER NOT NULL DEFAULT 1, CONSTRAINT "ck 'x'" CHECK ("gr`oup" <> '''"`'))
INSERT INTO "aludel_new_or""der `x`" ("id", "gr`oup", "it's") SELECT "id", "gr`oup", "it's" FROM "or""der `x`"
DROP TABLE "or""der `x`"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_or""der `x`" RENAME TO "or""der `x`"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix ""1""" ON "or""der `x`" ("it's")
-- and the triggers of or"der `x` again
-- and back
CREATE TABLE "aludel_new_or""der `x`" ("id" INTEGER NOT NULL PRIMARY KEY, "gr`oup" VARCHAR(20) NOT NULL CONSTRAINT "ck_or""der `x`_gr`oup_max_length" CHECK (length("gr`oup") <= 20), "it's" INTEGER NOT NULL DEFAULT 1)
INSERT INTO "aludel_new_or""der `x`" ("id", "gr`oup", "it's") SELECT "id", "gr`oup", "it's" FROM "or""der `x`"
DROP TABLE "or""der `x`"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_or""der `x`" RENAME TO "or""der `x`"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix ""1""" ON "or""der `x`" ("it's")
-- and the triggers of or"der `x` again
DROP INDEX "ix ""1"""
ALTER TABLE "or""der `x`" DROP COLUMN "it's"
ALTER TABLE "or""der `x`" RENAME COLUMN "gr`oup" TO "sel""ect"

-- two columns exchange their places in an index and a constraint
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "a" INTEGER NOT NULL, "b" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "a", "b") SELECT "id", "name", "a", "b" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix" ON "users" ("a")
-- and the triggers of users again
DROP INDEX "ix"
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "a" INTEGER NOT NULL, "b" INTEGER NOT NULL, CONSTRAINT "uq" UNIQUE ("a"))
INSERT INTO "aludel_new_users" ("id", "name", "a", "b") SELECT "id", "name", "a", "b" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
CREATE INDEX "ix" ON "users" ("b")
-- and back
DROP INDEX "ix"
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "a" INTEGER NOT NULL, "b" INTEGER NOT NULL)
INSERT INTO "aludel_new_users" ("id", "name", "a", "b") SELECT "id", "name", "a", "b" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
-- and the triggers of users again
CREATE INDEX "ix" ON "users" ("a")
CREATE TABLE "aludel_new_users" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL CONSTRAINT "ck_users_name_max_length" CHECK (length("name") <= 40), "a" INTEGER NOT NULL, "b" INTEGER NOT NULL, CONSTRAINT "uq" UNIQUE ("b"))
INSERT INTO "aludel_new_users" ("id", "name", "a", "b") SELECT "id", "name", "a", "b" FROM "users"
DROP TABLE "users"
PRAGMA legacy_alter_table = ON
ALTER TABLE "aludel_new_users" RENAME TO "users"
PRAGMA legacy_alter_table = OFF
CREATE INDEX "ix" ON "users" ("a")
-- and the triggers of users again

