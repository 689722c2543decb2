"""The design tokens' colours as mail programs understand them; a test keeps them equal to the token sheet."""

LIGHT = {
    "ground": "#f7fafb",
    "surface": "#ffffff",
    "raised": "#edf4f5",
    "line": "#dce4e6",
    "text": "#142128",
    "text_soft": "#526269",
    "accent": "#005b6c",
    "accent_soft": "#dff2f4",
    "on_accent": "#f7fdfe",
}
DARK = {
    "ground": "#0a1013",
    "surface": "#11181c",
    "raised": "#1b2529",
    "line": "#293439",
    "text": "#e9eff0",
    "text_soft": "#a4b0b3",
    "accent": "#70ccd3",
    "accent_soft": "#15343a",
    "on_accent": "#04191f",
}
