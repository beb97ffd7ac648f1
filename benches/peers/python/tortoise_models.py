"""Tortoise's models."""

from tortoise import fields
from tortoise.models import Model


class User(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.TextField()
    hair_color = fields.TextField(null=True)
    posts: fields.ReverseRelation["Post"]

    class Meta:
        table = "users"


class Post(Model):
    id = fields.BigIntField(primary_key=True)
    user = fields.ForeignKeyField("models.User", related_name="posts")
    title = fields.TextField()
    body = fields.TextField(null=True)
    comments: fields.ReverseRelation["Comment"]

    class Meta:
        table = "posts"


class Comment(Model):
    id = fields.BigIntField(primary_key=True)
    post = fields.ForeignKeyField("models.Post", related_name="comments")
    text = fields.TextField()

    class Meta:
        table = "comments"
