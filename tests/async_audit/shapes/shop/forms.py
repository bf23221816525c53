"""Forms that ask the database: for the rows of a choice, and whether a value is taken."""

from django import forms

from shop.models import Author, Book


class AuthorForm(forms.ModelForm):
    class Meta:
        model = Author
        fields = ["name", "email"]


class BookForm(forms.ModelForm):
    class Meta:
        model = Book
        fields = ["title", "author"]


class SearchForm(forms.Form):
    words = forms.CharField()
