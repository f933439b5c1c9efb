subject = Connexion à { $name }
intro = Vous avez demandé à vous connecter à la page d’état { $name }.
sign-in = Se connecter
link-why = Le lien fonctionne une seule fois, pendant les { $minutes } prochaines minutes.
code-why = Ou saisissez ce code là où vous l’avez demandé :
never-share = Ne communiquez ni le lien ni le code à personne.
not-you = Si vous n’avez rien demandé, ignorez ce message. Personne ne peut entrer sans lui.
