"""The peers in Python: one job a run, one line of JSON, as those in Rust.

Each library is a class: `open` connects, and a method for each case does the work once. What is kept out of the time is
kept out by `prepare` (new objects) and `clear` (the table emptied).
"""

import argparse
import asyncio
import json
import sys
import time


def main():
    job = arguments()
    peer = PEERS.get(job.peer)
    if peer is None:
        sys.exit(f"no peer here is called {job.peer!r}")
    peer = peer(job)
    case = getattr(peer, job.what, None)
    if case is None:
        sys.exit(3)
    if asyncio.iscoroutinefunction(case):
        asyncio.run(measured(job, peer, case))
    else:
        measure(job, peer, case)


def arguments():
    parser = argparse.ArgumentParser()
    for name in ["peer", "store", "url", "case", "setup"]:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seconds", type=float, default=1.0)
    job = parser.parse_args()
    job.what, _, n = job.case.partition("/")
    job.n = int(n or 1)
    # The suites of SQLAlchemy have names of their own for what others do, too.
    job.in_memory = job.url == ":memory:"
    with open(job.setup) as file:
        job.setup = [text.strip() for text in file.read().split(";\n") if text.strip()]
    job.clear = "delete from users" if job.store == "sqlite" else "truncate table users"
    return job


class Sampler:
    """When it is enough: the same rules as in Rust."""

    LONG_ENOUGH, MOST = 2e6, 200

    def __init__(self, job):
        self.budget = job.seconds * 1e9
        self.each = job.n if job.what == "get_pooled" else 1
        self.times, self.warmed, self.since, self.samples = 1, 0, None, []
        self.begun = time.perf_counter_ns()

    def goes_on(self):
        now = time.perf_counter_ns()
        return self.since is None or (len(self.samples) < self.MOST and (not self.samples or now - self.since < self.budget))

    def took(self, spent):
        self.warmed += 1
        if self.since is not None:
            self.samples.append(spent / self.times / self.each)
        elif spent > self.budget:
            self.since = time.perf_counter_ns()
            self.samples.append(spent / self.times / self.each)
            if spent > self.budget * 2:
                self.budget = 0
        elif spent < self.LONG_ENOUGH:
            self.times = int(self.times * min(max(self.LONG_ENOUGH / max(spent, 1), 1.1), 8)) + 1
            self.begun = time.perf_counter_ns()
        elif self.warmed >= 3 or time.perf_counter_ns() - self.begun > self.budget / 2:
            self.since = time.perf_counter_ns()

    def answer(self):
        with open("/proc/self/status") as status:
            peak = next((int(line.split()[1]) for line in status if line.startswith("VmHWM:")), 0)
        print(json.dumps({"samples": self.samples, "peak_kib": peak}))


WRITES = {"insert", "insert_one", "load", "bulk_inserts", "single_inserts"}


def measure(job, peer, case):
    sampler = Sampler(job)
    peer.open()
    if job.in_memory:
        for statement in job.setup:
            peer.run(statement)
    while sampler.goes_on():
        inputs = [inputs_of(job) for _ in range(sampler.times)]
        started = time.perf_counter_ns()
        for rows in inputs:
            case(rows)
        sampler.took(time.perf_counter_ns() - started)
        if job.what in WRITES:
            peer.run(job.clear)
    sampler.answer()


async def measured(job, peer, case):
    sampler = Sampler(job)
    await peer.open()
    if job.in_memory:
        for statement in job.setup:
            await peer.run(statement)
    while sampler.goes_on():
        inputs = [inputs_of(job) for _ in range(sampler.times)]
        started = time.perf_counter_ns()
        for rows in inputs:
            await case(rows)
        sampler.took(time.perf_counter_ns() - started)
        if job.what in WRITES:
            await peer.run(job.clear)
    sampler.answer()
    await peer.close()


def inputs_of(job):
    """New rows as tuples, for what writes."""
    if job.what not in WRITES:
        return None
    return [(f"User {n}", "hair color" if n % 4 else None) for n in range(job.n)]


class Round:
    """Another colour in every round."""

    def __init__(self, job):
        self.job, self.round = job, 0

    def shade(self, n):
        return f"shade {n} of {self.round}"


def postgres_parts(url):
    """postgres://user:password@host:port/database"""
    user, _, rest = url.split("://", 1)[1].partition(":")
    password, _, rest = rest.partition("@")
    host, _, rest = rest.partition(":")
    port, _, database = rest.partition("/")
    return dict(user=user, password=password, host=host, port=int(port), database=database)


JOIN = (
    "select users.id, users.name, users.hair_color, posts.id, posts.user_id, posts.title, posts.body"
    " from users left join posts on posts.user_id = users.id where users.hair_color = 'black' order by users.id"
)
ALL = "select id, name, hair_color from users"


class Sqlite3(Round):
    """The standard library's driver: rows as tuples."""

    def open(self):
        import sqlite3

        self.db = sqlite3.connect(self.job.url, isolation_level=None)
        self.db.execute("pragma journal_mode = wal")
        self.db.execute("pragma synchronous = normal")

    def run(self, text):
        self.db.execute(text)

    def all(self, _):
        return self.db.execute(ALL).fetchall()

    large_resultsets = all

    def join(self, _):
        return self.db.execute(JOIN).fetchall()

    def nested(self, _):
        marks = lambda keys: ", ".join("?" * len(keys))
        users = self.db.execute(ALL).fetchall()
        keys = [user[0] for user in users]
        posts = self.db.execute(f"select id, user_id, title, body from posts where user_id in ({marks(keys)})", keys).fetchall()
        keys = [post[0] for post in posts]
        comments = self.db.execute(f"select id, post_id, text from comments where post_id in ({marks(keys)})", keys).fetchall()
        return nest(users, posts, comments)

    def insert(self, rows):
        self.db.execute("begin")
        self.db.executemany("insert into users (name, hair_color) values (?, ?)", rows)
        self.db.execute("commit")

    load = bulk_inserts = insert

    def change(self, _):
        self.round += 1
        users = self.db.execute(ALL).fetchall()
        self.db.execute("begin")
        changes = [(self.shade(n), user[0]) for n, user in enumerate(users)]
        self.db.executemany("update users set hair_color = ? where id = ?", changes)
        self.db.execute("commit")

    def get(self, _):
        return self.db.execute("select id, name, hair_color from users where id = ?", (500,)).fetchone()

    def short_selects(self, _):
        for n in range(self.job.n):
            self.db.execute("select id, name, hair_color from users where id = ?", (n % 1000 + 1,)).fetchone()

    def single_inserts(self, rows):
        for row in rows:
            self.db.execute("insert into users (name, hair_color) values (?, ?)", row)

    insert_one = single_inserts

    def stream(self, _):
        return sum(len(name) for _, name, _ in self.db.execute(ALL))


def nest(users, posts, comments):
    """Tuples put together by hand."""
    by_post, by_user = {}, {}
    for comment in comments:
        by_post.setdefault(comment[1], []).append(comment)
    for post in posts:
        by_user.setdefault(post[1], []).append((post, by_post.get(post[0], [])))
    return [(user, by_user.get(user[0], [])) for user in users]


class Asyncpg(Round):
    """asyncpg by itself: its records."""

    async def open(self):
        import asyncpg

        self.url = dict(postgres_parts(self.job.url), ssl=False)
        if self.job.what == "get_pooled":
            self.pool = await asyncpg.create_pool(min_size=8, max_size=8, **self.url)
        else:
            self.db = await asyncpg.connect(**self.url)

    async def close(self):
        await (self.pool if self.job.what == "get_pooled" else self.db).close()

    async def run(self, text):
        await self.db.execute(text)

    async def all(self, _):
        return await self.db.fetch(ALL)

    large_resultsets = all

    async def join(self, _):
        return await self.db.fetch(JOIN)

    async def nested(self, _):
        users = await self.db.fetch(ALL)
        posts = await self.db.fetch("select id, user_id, title, body from posts where user_id = any($1)", [user[0] for user in users])
        comments = await self.db.fetch("select id, post_id, text from comments where post_id = any($1)", [post[0] for post in posts])
        return nest(users, posts, comments)

    async def insert(self, rows):
        async with self.db.transaction():
            await self.db.executemany("insert into users (name, hair_color) values ($1, $2)", rows)

    async def load(self, rows):
        await self.db.copy_records_to_table("users", records=rows, columns=["name", "hair_color"])

    bulk_inserts = load

    async def change(self, _):
        self.round += 1
        users = await self.db.fetch(ALL)
        async with self.db.transaction():
            changes = [(self.shade(n), user[0]) for n, user in enumerate(users)]
            await self.db.executemany("update users set hair_color = $1 where id = $2", changes)

    async def get(self, _):
        return await self.db.fetchrow("select id, name, hair_color from users where id = $1", 500)

    async def get_pooled(self, _):
        async def task():
            for n in range(self.job.n // 8):
                async with self.pool.acquire() as db:
                    await db.fetchrow("select id, name, hair_color from users where id = $1", n % 1000 + 1)

        await asyncio.gather(*(task() for _ in range(8)))

    async def short_selects(self, _):
        for n in range(self.job.n):
            await self.db.fetchrow("select id, name, hair_color from users where id = $1", n % 1000 + 1)

    async def single_inserts(self, rows):
        for row in rows:
            await self.db.execute("insert into users (name, hair_color) values ($1, $2)", *row)

    insert_one = single_inserts

    async def stream(self, _):
        length = 0
        async with self.db.transaction():
            async for row in self.db.cursor(ALL, prefetch=1000):
                length += len(row[1])
        return length


class Psycopg(Round):
    """psycopg 3 by itself: rows as tuples, binary, prepared."""

    def open(self):
        import psycopg

        self.db = psycopg.connect(self.job.url + "?sslmode=disable", autocommit=True, prepare_threshold=0)
        self.cursor = self.db.cursor(binary=True)

    def run(self, text):
        self.db.execute(text)

    def all(self, _):
        return self.cursor.execute(ALL).fetchall()

    large_resultsets = all

    def join(self, _):
        return self.cursor.execute(JOIN).fetchall()

    def nested(self, _):
        users = self.cursor.execute(ALL).fetchall()
        posts = self.cursor.execute(
            "select id, user_id, title, body from posts where user_id = any(%s)", ([user[0] for user in users],)
        ).fetchall()
        comments = self.cursor.execute(
            "select id, post_id, text from comments where post_id = any(%s)", ([post[0] for post in posts],)
        ).fetchall()
        return nest(users, posts, comments)

    def insert(self, rows):
        with self.db.transaction():
            self.cursor.executemany("insert into users (name, hair_color) values (%s, %s)", rows)

    def load(self, rows):
        with self.cursor.copy("copy users (name, hair_color) from stdin") as copy:
            for row in rows:
                copy.write_row(row)

    bulk_inserts = load

    def change(self, _):
        self.round += 1
        users = self.cursor.execute(ALL).fetchall()
        with self.db.transaction():
            changes = [(self.shade(n), user[0]) for n, user in enumerate(users)]
            self.cursor.executemany("update users set hair_color = %s where id = %s", changes)

    def get(self, _):
        return self.cursor.execute("select id, name, hair_color from users where id = %s", (500,)).fetchone()

    def short_selects(self, _):
        for n in range(self.job.n):
            self.cursor.execute("select id, name, hair_color from users where id = %s", (n % 1000 + 1,)).fetchone()

    def single_inserts(self, rows):
        for row in rows:
            self.cursor.execute("insert into users (name, hair_color) values (%s, %s)", row)

    insert_one = single_inserts

    def stream(self, _):
        return sum(len(name) for _, name, _ in self.cursor.stream(ALL))


class SqlAlchemy(Round):
    """What Core and ORM share."""

    def open(self):
        import sqlalchemy as sa
        from sqlalchemy import orm

        self.sa, self.orm = sa, orm
        if self.job.store == "sqlite":
            self.engine = sa.create_engine(f"sqlite:///{self.job.url}", poolclass=sa.pool.StaticPool)
            with self.engine.connect() as db:
                db.exec_driver_sql("pragma journal_mode = wal")
                db.exec_driver_sql("pragma synchronous = normal")
        else:
            url = self.job.url.replace("postgres://", "postgresql+psycopg://") + "?sslmode=disable"
            self.engine = sa.create_engine(url, pool_size=1, connect_args={"prepare_threshold": 0})
        self.declare()

    def run(self, text):
        with self.engine.begin() as db:
            db.exec_driver_sql(text)


class SqlAlchemyCore(SqlAlchemy):
    """Tables and statements, rows as named tuples."""

    def declare(self):
        sa = self.sa
        meta = sa.MetaData()
        text = lambda name, nullable=False: sa.Column(name, sa.String, nullable=nullable)
        self.users = sa.Table("users", meta, sa.Column("id", sa.BigInteger, primary_key=True), text("name"), text("hair_color", True))
        self.posts = sa.Table(
            "posts", meta, sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("user_id", sa.BigInteger), text("title"), text("body", True)
        )
        self.comments = sa.Table("comments", meta, sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("post_id", sa.BigInteger), text("text"))

    def all(self, _):
        with self.engine.connect() as db:
            return db.execute(self.sa.select(self.users)).fetchall()

    large_resultsets = all

    def join(self, _):
        users, posts = self.users, self.posts
        both = users.outerjoin(posts, posts.c.user_id == users.c.id)
        with self.engine.connect() as db:
            pairs = self.sa.select(users, posts).select_from(both).where(users.c.hair_color == "black").order_by(users.c.id)
            return db.execute(pairs).fetchall()

    def nested(self, _):
        select = self.sa.select
        with self.engine.connect() as db:
            users = db.execute(select(self.users)).fetchall()
            posts = db.execute(select(self.posts).where(self.posts.c.user_id.in_([user.id for user in users]))).fetchall()
            comments = db.execute(select(self.comments).where(self.comments.c.post_id.in_([post.id for post in posts]))).fetchall()
        return nest(users, posts, comments)

    def insert(self, rows):
        with self.engine.begin() as db:
            db.execute(self.users.insert(), [{"name": name, "hair_color": color} for name, color in rows])

    load = bulk_inserts = insert

    def change(self, _):
        self.round += 1
        key, color = self.sa.bindparam("key"), self.sa.bindparam("color")
        with self.engine.begin() as db:
            users = db.execute(self.sa.select(self.users)).fetchall()
            changes = [{"key": user.id, "color": self.shade(n)} for n, user in enumerate(users)]
            db.execute(self.users.update().where(self.users.c.id == key).values(hair_color=color), changes)

    def get(self, _, key=500):
        with self.engine.connect() as db:
            return db.execute(self.sa.select(self.users).where(self.users.c.id == key)).fetchone()

    def short_selects(self, _):
        for n in range(self.job.n):
            self.get(None, n % 1000 + 1)

    def single_inserts(self, rows):
        for name, color in rows:
            with self.engine.begin() as db:
                db.execute(self.users.insert(), {"name": name, "hair_color": color})

    insert_one = single_inserts

    def stream(self, _):
        with self.engine.connect() as db:
            rows = db.execution_options(yield_per=1000).execute(self.sa.select(self.users))
            return sum(len(row.name) for row in rows)


class SqlAlchemyOrm(SqlAlchemy):
    """Mapped classes and sessions."""

    def declare(self):
        sa, orm = self.sa, self.orm

        class Base(orm.DeclarativeBase):
            pass

        class User(Base):
            __tablename__ = "users"
            id = orm.mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
            name = orm.mapped_column(sa.String, nullable=False)
            hair_color = orm.mapped_column(sa.String, nullable=True)
            posts = orm.relationship("Post")

        class Post(Base):
            __tablename__ = "posts"
            id = orm.mapped_column(sa.BigInteger, primary_key=True)
            user_id = orm.mapped_column(sa.BigInteger, sa.ForeignKey("users.id"))
            title = orm.mapped_column(sa.String, nullable=False)
            body = orm.mapped_column(sa.String, nullable=True)
            comments = orm.relationship("Comment")

        class Comment(Base):
            __tablename__ = "comments"
            id = orm.mapped_column(sa.BigInteger, primary_key=True)
            post_id = orm.mapped_column(sa.BigInteger, sa.ForeignKey("posts.id"))
            text = orm.mapped_column(sa.String, nullable=False)

        self.User, self.Post, self.Comment = User, Post, Comment

    def all(self, _):
        with self.orm.Session(self.engine) as session:
            return session.scalars(self.sa.select(self.User)).all()

    large_resultsets = all

    def join(self, _):
        User, Post = self.User, self.Post
        with self.orm.Session(self.engine) as session:
            pairs = self.sa.select(User, Post).outerjoin(Post, Post.user_id == User.id).where(User.hair_color == "black").order_by(User.id)
            return session.execute(pairs).all()

    def nested(self, _):
        load = self.orm.selectinload(self.User.posts).selectinload(self.Post.comments)
        with self.orm.Session(self.engine) as session:
            return session.scalars(self.sa.select(self.User).options(load)).all()

    def insert(self, rows):
        with self.orm.Session(self.engine) as session:
            session.add_all([self.User(name=name, hair_color=color) for name, color in rows])
            session.commit()

    bulk_inserts = insert

    def load(self, rows):
        with self.orm.Session(self.engine) as session:
            session.execute(self.sa.insert(self.User), [{"name": name, "hair_color": color} for name, color in rows])
            session.commit()

    def change(self, _):
        self.round += 1
        with self.orm.Session(self.engine) as session:
            for n, user in enumerate(session.scalars(self.sa.select(self.User)).all()):
                user.hair_color = self.shade(n)
            session.commit()

    def get(self, _, key=500):
        with self.orm.Session(self.engine) as session:
            return session.get(self.User, key)

    def short_selects(self, _):
        for n in range(self.job.n):
            self.get(None, n % 1000 + 1)

    def single_inserts(self, rows):
        for name, color in rows:
            with self.orm.Session(self.engine) as session:
                session.add(self.User(name=name, hair_color=color))
                session.commit()

    insert_one = single_inserts

    def stream(self, _):
        with self.orm.Session(self.engine) as session:
            rows = session.scalars(self.sa.select(self.User).execution_options(yield_per=1000))
            return sum(len(user.name) for user in rows)


class Django(Round):
    """Models without a project."""

    def open(self):
        import django
        from django.conf import settings

        if self.job.store == "sqlite":
            options = {"init_command": "pragma journal_mode = wal; pragma synchronous = normal", "transaction_mode": "IMMEDIATE"}
            database = {"ENGINE": "django.db.backends.sqlite3", "NAME": self.job.url, "OPTIONS": options}
        else:
            parts = postgres_parts(self.job.url)
            database = {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts["database"],
                "USER": parts["user"],
                "PASSWORD": parts["password"],
                "HOST": parts["host"],
                "PORT": parts["port"],
                "OPTIONS": {"sslmode": "disable", "server_side_binding": True},
            }
        settings.configure(DATABASES={"default": database}, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField")
        django.setup()
        from django.db import connection, models, transaction

        class User(models.Model):
            name = models.TextField()
            hair_color = models.TextField(null=True)

            class Meta:
                app_label, db_table = "bench", "users"

        class Post(models.Model):
            user = models.ForeignKey(User, models.CASCADE, related_name="posts")
            title = models.TextField()
            body = models.TextField(null=True)

            class Meta:
                app_label, db_table = "bench", "posts"

        class Comment(models.Model):
            post = models.ForeignKey(Post, models.CASCADE, related_name="comments")
            text = models.TextField()

            class Meta:
                app_label, db_table = "bench", "comments"

        self.connection, self.transaction, self.User = connection, transaction, User

    def run(self, text):
        with self.connection.cursor() as cursor:
            cursor.execute(text)

    def all(self, _):
        return list(self.User.objects.all())

    large_resultsets = all

    def join(self, _):
        # No pairs of models: a prefetch is its way.
        users = self.User.objects.filter(hair_color="black").order_by("id").prefetch_related("posts")
        return [(user, post) for user in users for post in (list(user.posts.all()) or [None])]

    def nested(self, _):
        return list(self.User.objects.prefetch_related("posts__comments"))

    def insert(self, rows):
        with self.transaction.atomic():
            self.User.objects.bulk_create([self.User(name=name, hair_color=color) for name, color in rows])

    load = bulk_inserts = insert

    def change(self, _):
        self.round += 1
        with self.transaction.atomic():
            users = list(self.User.objects.all())
            for n, user in enumerate(users):
                user.hair_color = self.shade(n)
            self.User.objects.bulk_update(users, ["hair_color"], batch_size=100)

    def get(self, _, key=500):
        return self.User.objects.get(pk=key)

    def short_selects(self, _):
        for n in range(self.job.n):
            self.get(None, n % 1000 + 1)

    def single_inserts(self, rows):
        for name, color in rows:
            self.User(name=name, hair_color=color).save()

    insert_one = single_inserts

    def stream(self, _):
        return sum(len(user.name) for user in self.User.objects.iterator(chunk_size=1000))


class Peewee(Round):
    def open(self):
        import peewee

        if self.job.store == "sqlite":
            self.db = peewee.SqliteDatabase(self.job.url, pragmas={"journal_mode": "wal", "synchronous": "normal"})
        else:
            parts = postgres_parts(self.job.url)
            self.db = peewee.PostgresqlDatabase(parts.pop("database"), prefer_psycopg3=True, sslmode="disable", **parts)
        db = self.db

        class Base(peewee.Model):
            class Meta:
                database = db

        class User(Base):
            id = peewee.BigAutoField() if self.job.store == "postgres" else peewee.AutoField()
            name = peewee.TextField()
            hair_color = peewee.TextField(null=True)

            class Meta:
                table_name = "users"

        class Post(Base):
            user = peewee.ForeignKeyField(User, backref="posts")
            title = peewee.TextField()
            body = peewee.TextField(null=True)

            class Meta:
                table_name = "posts"

        class Comment(Base):
            post = peewee.ForeignKeyField(Post, backref="comments")
            text = peewee.TextField()

            class Meta:
                table_name = "comments"

        self.peewee, self.User, self.Post, self.Comment = peewee, User, Post, Comment
        db.connect()

    def run(self, text):
        self.db.execute_sql(text)

    def all(self, _):
        return list(self.User.select())

    large_resultsets = all

    def join(self, _):
        User, Post = self.User, self.Post
        pairs = User.select(User, Post).join(Post, self.peewee.JOIN.LEFT_OUTER).where(User.hair_color == "black").order_by(User.id)
        return list(pairs)

    def nested(self, _):
        return self.peewee.prefetch(self.User.select(), self.Post.select(), self.Comment.select())

    def insert(self, rows):
        fields = [self.User.name, self.User.hair_color]
        with self.db.atomic():
            for chunk in self.peewee.chunked(rows, 1000):
                self.User.insert_many(chunk, fields=fields).execute()

    load = bulk_inserts = insert

    def change(self, _):
        self.round += 1
        with self.db.atomic():
            users = list(self.User.select())
            for n, user in enumerate(users):
                user.hair_color = self.shade(n)
            self.User.bulk_update(users, fields=[self.User.hair_color], batch_size=100)

    def get(self, _, key=500):
        return self.User.get_by_id(key)

    def short_selects(self, _):
        for n in range(self.job.n):
            self.get(None, n % 1000 + 1)

    def single_inserts(self, rows):
        for name, color in rows:
            self.User.create(name=name, hair_color=color)

    insert_one = single_inserts

    def stream(self, _):
        return sum(len(user.name) for user in self.User.select().iterator())


class Tortoise(Round):
    """Its models are in a module, which is this one."""

    async def open(self):
        from tortoise import Tortoise as tortoise

        if self.job.store == "sqlite":
            url = f"sqlite://{self.job.url}?journal_mode=WAL&synchronous=NORMAL"
        else:
            url = self.job.url.replace("postgres://", "asyncpg://") + ("?minsize=8&maxsize=8" if self.job.what == "get_pooled" else "?minsize=1&maxsize=1")
        import tortoise_models

        self.models, self.tortoise = tortoise_models, tortoise
        await tortoise.init(db_url=url, modules={"models": ["tortoise_models"]})
        self.db = tortoise.get_connection("default")

    async def close(self):
        await self.tortoise.close_connections()

    async def run(self, text):
        await self.db.execute_script(text)

    async def all(self, _):
        return await self.models.User.all()

    large_resultsets = all

    async def join(self, _):
        # No pairs of models: a prefetch is its way.
        users = await self.models.User.filter(hair_color="black").order_by("id").prefetch_related("posts")
        return [(user, post) for user in users for post in (list(user.posts) or [None])]

    async def nested(self, _):
        return await self.models.User.all().prefetch_related("posts__comments")

    async def insert(self, rows):
        from tortoise.transactions import in_transaction

        async with in_transaction():
            await self.models.User.bulk_create([self.models.User(name=name, hair_color=color) for name, color in rows], batch_size=10_000)

    load = bulk_inserts = insert

    async def change(self, _):
        from tortoise.transactions import in_transaction

        self.round += 1
        async with in_transaction():
            users = await self.models.User.all()
            for n, user in enumerate(users):
                user.hair_color = self.shade(n)
            await self.models.User.bulk_update(users, fields=["hair_color"], batch_size=100)

    async def get(self, _, key=500):
        return await self.models.User.get(id=key)

    async def get_pooled(self, _):
        async def task():
            for n in range(self.job.n // 8):
                await self.models.User.get(id=n % 1000 + 1)

        await asyncio.gather(*(task() for _ in range(8)))

    async def short_selects(self, _):
        for n in range(self.job.n):
            await self.get(None, n % 1000 + 1)

    async def single_inserts(self, rows):
        for name, color in rows:
            await self.models.User.create(name=name, hair_color=color)

    insert_one = single_inserts

    async def stream(self, _):
        length = 0
        async for user in self.models.User.all():
            length += len(user.name)
        return length


PEERS = {
    "sqlite3": Sqlite3,
    "asyncpg": Asyncpg,
    "psycopg": Psycopg,
    "sqlalchemy-core": SqlAlchemyCore,
    "sqlalchemy-orm": SqlAlchemyOrm,
    "django": Django,
    "peewee": Peewee,
    "tortoise": Tortoise,
}

if __name__ == "__main__":
    main()
