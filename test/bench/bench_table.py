"""A table of texts, for a Markdown page or for the terminal."""


def render_table(header: list[str], rows: list[list[str]], markdown: bool) -> str:
    """The first two columns are titles; with Markdown the others stand to the right."""
    if markdown:
        rule = ["---"] * 2 + ["---:"] * (len(header) - 2)
        return "\n".join("| " + " | ".join(row) + " |" for row in [header, rule, *rows])
    lines = [header, *rows]
    widths = [max(len(row[index]) for row in lines) for index in range(len(header))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in lines)
