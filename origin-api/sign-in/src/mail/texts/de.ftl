subject = Bei { $name } anmelden
intro = Sie möchten sich auf der Statusseite { $name } anmelden.
sign-in = Anmelden
link-why = Der Link gilt einmal und in den nächsten { $minutes } Minuten.
code-why = Oder geben Sie diesen Code dort ein, wo Sie ihn angefordert haben:
never-share = Geben Sie weder den Link noch den Code weiter.
not-you = Wenn Sie das nicht angefordert haben, ignorieren Sie diese Nachricht. Ohne sie kommt niemand hinein.
