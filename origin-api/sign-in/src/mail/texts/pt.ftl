subject = Entrar em { $name }
intro = Você pediu para entrar na página de status { $name }.
sign-in = Entrar
link-why = O link funciona uma única vez, nos próximos { $minutes } minutos.
code-why = Ou digite este código onde você o pediu:
never-share = Não passe o link nem o código a ninguém.
not-you = Se você não pediu isto, ignore esta mensagem. Ninguém entra sem ela.
