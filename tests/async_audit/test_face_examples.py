"""The examples of the explanations, looked at by the checker itself: each shape finds its own, and no repair."""

import pytest

from async_audit.shapes import shapes
from async_audit.static import audit

BOOK = """
class Book(models.Model):
    title = models.TextField()
    summary = models.TextField()
    lent = models.IntegerField()
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
"""
AROUND = """\
import asyncio
import os

import strawberry
from asgiref.sync import async_to_sync, sync_to_async
from django import forms
from django.contrib.auth import aauthenticate, alogin, authenticate, login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.models import F
from django.dispatch import Signal, receiver
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views import View
from rest_framework import serializers
from strawberry.django.views import AsyncGraphQLView  # else resolvers are called in a thread

book_lent = Signal()


class Author(models.Model):
    name = models.TextField()
{book}

class Visit(models.Model):
    book = models.ForeignKey("Book", on_delete=models.CASCADE)


class Message(models.Model):
    text = models.TextField()


class Account(models.Model):
    balance = models.IntegerField()


class Payment(models.Model):
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    amount = models.IntegerField()


class Comment(models.Model):
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.IntegerField()
    target = GenericForeignKey()
"""
FORMS = """

class BookForm(forms.ModelForm):
    class Meta:
        model = Book
        fields = ["title"]


class BookSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["title", "author"]
"""


def found(folder, example):
    """Return the codes that the checker finds in an example, guesses included."""
    has_book = "class Book(" in example
    around = AROUND.format(book="" if has_book else BOOK) + ("" if has_book else FORMS)
    (folder / "shop.py").write_text(f"{around}\n\n{example.strip()}\n")
    report = audit(folder)
    assert (report.files, report.unparsed) == (1, [])
    return {finding.code for finding in report.findings}


@pytest.mark.parametrize("code", [code for code in shapes() if code < "DAS100"])  # a run alone shows the others
def test_what_is_broken_is_found(code, tmp_path):
    assert code in found(tmp_path, shapes()[code].example_broken)


@pytest.mark.parametrize("code", shapes())
def test_what_is_repaired_is_not_found(code, tmp_path):
    assert found(tmp_path, shapes()[code].example_fixed) == set()
