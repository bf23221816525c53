"""Settings are often split by packages: a module may be called what `import django` means elsewhere."""

db = forms = shortcuts = None
