subject = Iniciar sesión en { $name }
intro = Ha pedido iniciar sesión en la página de estado { $name }.
sign-in = Iniciar sesión
link-why = El enlace funciona una sola vez, durante los próximos { $minutes } minutos.
code-why = O introduzca este código donde lo solicitó:
never-share = No comparta el enlace ni el código con nadie.
not-you = Si no lo ha pedido, ignore este mensaje. Nadie puede entrar sin él.
