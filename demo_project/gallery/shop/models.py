"""A bookshop: relations of every kind, and every place where a model can hide a query."""

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models


class AuthorManager(models.Manager):
    def published(self):
        """Build a queryset; nothing is asked."""
        return self.filter(books__isnull=False).distinct()

    def busiest(self):
        """Ask for one author."""
        return self.annotate(written=models.Count("books")).order_by("-written").first()


class Author(models.Model):
    name = models.CharField(max_length=100)
    email = models.EmailField(unique=True)

    objects = AuthorManager()

    def __str__(self):
        return self.name

    @property
    def book_count(self):
        return self.books.count()

    def rename(self, name):
        self.name = name
        self.save()

    def greeting(self):
        """Ask nothing."""
        return f"Dear {self.name}"


class Profile(models.Model):
    author = models.OneToOneField(Author, models.CASCADE, related_name="profile")
    bio = models.TextField()

    objects = models.Manager()

    def __str__(self):
        return self.bio


class TagQuerySet(models.QuerySet):
    def short(self):
        return self.filter(name__lt="e")


class Tag(models.Model):
    name = models.CharField(max_length=50)

    objects = models.Manager.from_queryset(TagQuerySet)()

    def __str__(self):
        return self.name


class Comment(models.Model):
    text = models.TextField()
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey("content_type", "object_id")

    def __str__(self):
        return self.text


class BookQuerySet(models.QuerySet):
    def cheap(self):
        """Build a queryset; nothing is asked."""
        return self.filter(price__lt=10)

    def with_author(self):
        return self.select_related("author")

    def titles(self):
        """Ask for all titles."""
        return [book.title for book in self]


class Book(models.Model):
    title = models.CharField(max_length=100)
    blurb = models.TextField(blank=True)
    price = models.IntegerField(default=5)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    tags = models.ManyToManyField(Tag, related_name="books", blank=True)
    comments = GenericRelation(Comment)

    objects = BookQuerySet.as_manager()

    def __str__(self):
        return f"{self.title} by {self.author.name}"

    @property
    def byline(self):
        return f"by {self.author.name}"


class Archivable(models.Model):
    archived = models.BooleanField(default=False)

    class Meta:
        abstract = True

    def archive(self):
        self.archived = True
        self.save()


class MagazineManager(models.Manager.from_queryset(TagQuerySet)):
    pass


class Magazine(Archivable):
    name = models.CharField(max_length=100)
    editor = models.ForeignKey(Author, models.SET_NULL, null=True, blank=True, related_name="magazines")

    objects = MagazineManager()

    def __str__(self):
        return self.name


class SpecialIssue(Magazine):
    """A magazine with a row in a table of its own, beside that of each magazine."""

    topic = models.CharField(max_length=100)
