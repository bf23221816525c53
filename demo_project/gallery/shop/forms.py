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


class ShelfForm(forms.Form):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for author in Author.objects.all():
            self.fields[f"author_{author.pk}"] = forms.BooleanField(required=False)


class TitleForm(forms.Form):
    title = forms.CharField()

    def clean_title(self):
        if Book.objects.filter(title=self.cleaned_data["title"]).exists():
            raise forms.ValidationError("There is such a book.")
        return self.cleaned_data["title"]


class SearchForm(forms.Form):
    words = forms.CharField()
