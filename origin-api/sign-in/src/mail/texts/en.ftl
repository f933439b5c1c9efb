# What is mailed to somebody who wants to sign in. No message has a line break: the message's own lines are made around them.
subject = Sign in to { $name }
intro = You asked to sign in to the status page { $name }.
sign-in = Sign in
link-why = The link works once, in the next { $minutes } minutes.
code-why = Or enter this code where you asked for it:
never-share = Do not give the link or the code to anybody.
not-you = If you did not ask for this, ignore this message. Nobody gets in without it.
