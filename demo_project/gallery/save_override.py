"""A model overrides save() or delete() without the arguments that Django's async twins hand on."""

from shape import costs
from shop.models import Author

CODE = None
CATALOGUE = [46]
RAISES = "TypeError"
CONTROL = "fails without a loop too"


class Shouting(Author):
    class Meta:
        app_label = "shop"
        proxy = True

    def save(self):
        self.name = self.name.upper()
        super().save()

    def delete(self):
        return super().delete()


class ShoutingLater(Author):
    class Meta:
        app_label = "shop"
        proxy = True

    async def asave(self, *args, **kwargs):
        self.name = self.name.upper()
        await super().asave(*args, **kwargs)


class ShoutingAlways(Author):
    class Meta:
        app_label = "shop"
        proxy = True

    def save(self, *args, **kwargs):
        self.name = self.name.upper()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        return super().delete(*args, **kwargs)


async def shout(model):
    first = await model.objects.aget(pk=1)
    await first.asave()
    await model.objects.acreate(name="Chloe", email="chloe@example.com")
    return [author.name async for author in model.objects.order_by("pk")]


async def broken_save():
    return await shout(Shouting)


@costs(gives=["ANN", "Bob", "Chloe"])
async def trap_save():
    return await shout(ShoutingLater)


async def fixed_save():
    return await shout(ShoutingAlways)


async def broken_delete():
    author = await Shouting.objects.aget(pk=2)
    await author.adelete()


async def fixed_delete():
    author = await ShoutingAlways.objects.aget(pk=2)
    await author.adelete()
