"""The settings table of README.md, made from app/settings.py."""

from app.settings import PREFIX, Settings

PROD = {"env": "prod", "issuer": "x", "audience": "x", "jwks": "x"}


def settings_table() -> str:
    """Markdown, a row for each setting in the order of the class."""
    dev, prod = Settings.model_construct(), Settings(**PROD).model_dump()  # type: ignore[arg-type]
    rows = ["| Variable | Default | What it takes |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `{PREFIX}{name.upper()}` | {_default(name, getattr(dev, name), prod[name])} | {field.description} |")
    return "\n".join(rows)


def _default(name: str, dev: object, prod: object) -> str:
    shown = str(dev).lower() if isinstance(dev, bool) else str(dev)
    if dev == prod == "":
        return "none"
    if name == "env" or dev == prod:
        return f"`{shown}`"
    return f"`{shown}`; in production none" if name in PROD or not prod else f"`{shown}`; in production `{prod}`"
