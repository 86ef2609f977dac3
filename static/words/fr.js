// @ts-check
// Français.

/** @type {import("../core/words.js").Words} */
export default {
  language: "Français",

  common: {
    cancel: "Annuler",
    close: "Fermer",
    copied: "Copié",
    copy: "Copier",
    delete: "Supprimer",
    done: "Terminé",
    loading: "Chargement…",
    menu: "Menu",
    more: "Plus",
    rename: "Renommer",
    retry: "Réessayer",
    save: "Enregistrer",
    undo: "Annuler",
    nouns: {
      token: { one: "jeton", other: "jetons" },
      second: { one: "seconde", other: "secondes" },
    },
  },

  shell: {
    skip: "Aller au champ de message",
    newChat: "Nouvelle discussion",
    showSidebar: "Afficher les conversations",
    hideSidebar: "Masquer les conversations",
    settings: "Réglages",
    administration: "Administration",
    signIn: "Se connecter",
    signOut: "Se déconnecter",
    signUp: "Créer un compte",
    guest: "Invité",
    account: "Compte",
    shortcuts: "Raccourcis clavier",
  },

  chat: {
    title: "Discussion",
  },

  conversations: {
    title: "Conversations",
  },

  status: {
    connecting: "connexion…",
    ready: "prêt",
    loading: "en préparation…",
  },

  settings: {
    title: "Réglages",
  },

  account: {
    title: "Compte",
  },

  admin: {
    title: "Administration",
    notYours: "Cette partie de Parley est réservée à ses administrateurs, et votre compte n’en est pas un. Un administrateur peut changer cela.",
    signedOut: "Cette partie de Parley est réservée à ses administrateurs. Connectez-vous avec le compte d’un administrateur pour la voir.",
    back: "Retour à la discussion",
    kept: (time) => `Ce que vous voyez date de ${time}.`,
    age: (span) => `il y a ${span}`,
    units: { ms: "ms", s: "s", min: "min", h: "h", d: "j", bytes: ["o", "Kio", "Mio", "Gio", "Tio"] },

    users: {
      title: "Utilisateurs",
      search: "Chercher par nom, adresse ou identifiant",
      name: "Nom",
      role: "Rôle",
      state: "État",
      since: "Depuis",
      you: "vous",
      user: "Utilisateur",
      guest: "Invité",
      administrator: "Administrateur",
      active: "Actif",
      off: "Désactivé",
      unverified: "adresse non confirmée",
      none: "Il n’y a pas encore de compte.",
      noneFound: (query) => `Personne ne correspond à « ${query} ».`,
      menu: (name) => `Que faire de ${name}`,
      promote: "Nommer administrateur",
      promoteTitle: (name) => `Nommer ${name} administrateur ?`,
      promoteText: "Les administrateurs voient tous les comptes et l’état de l’installation, et peuvent désactiver tout compte, le vôtre aussi.",
      promoted: (name) => `${name} est maintenant administrateur.`,
      demote: "Rendre simple utilisateur",
      demoteTitle: (name) => `Rendre ${name} simple utilisateur ?`,
      demoteText: "Cette personne garde son compte et ses conversations, et ne peut plus venir ici.",
      demoteYourself: "C’est vous : vous gardez votre compte et vos conversations, et ne pourrez plus venir ici.",
      demoted: (name) => `${name} est maintenant simple utilisateur.`,
      turnOff: "Désactiver",
      turnOffTitle: (name) => `Désactiver ${name} ?`,
      turnOffText: "Cette personne est déconnectée partout en quelques secondes, et ses clés sont refusées. Rien n’est supprimé, et vous pourrez la réactiver.",
      turnOffYourself: "C’est vous : vous serez déconnecté partout en quelques secondes, et seul un autre administrateur pourra vous laisser revenir.",
      turnedOff: (name) => `${name} est désactivé, et dehors en quelques secondes.`,
      turnOn: "Réactiver",
      turnedOn: (name) => `${name} peut de nouveau entrer.`,
      pages: "Pages d’utilisateurs",
      page: (number) => `Page ${number}`,
      previous: "Précédente",
      next: "Suivante",
    },
  },

  problems: {
    unknown: "Quelque chose n’a pas marché, et le serveur n’a pas dit quoi. Réessayez.",
    unreachable: "Le serveur ne répond pas. Rien n’est perdu : réessayez dans un instant.",
    context_length_exceeded: "Cette conversation dépasse ce que le modèle peut lire. Commencez-en une nouvelle.",
    input_too_large: "C’est plus de texte que le serveur n’en accepte. Raccourcissez-le, ou commencez une nouvelle discussion.",
    frame_too_large: "C’est plus de texte que le serveur n’en accepte. Raccourcissez-le, ou commencez une nouvelle discussion.",
    model_not_found: "Aucun serveur de calcul n’exécute ce modèle en ce moment. Choisissez-en un autre, ou réessayez quand il sera prêt.",
    queue_full: "Trop de personnes posent des questions en ce moment. La vôtre est conservée : réessayez dans un instant.",
    queue_timeout: "L’attente a été trop longue. Votre question est conservée : réessayez dans un instant.",
    too_many_responses: "Trop de vos réponses sont en cours. Réessayez quand l’une sera terminée.",
    relay_unavailable: "Le serveur ne peut pas prendre de questions pour l’instant. La vôtre est conservée : réessayez bientôt.",
    worker_lost: "Le serveur de calcul qui écrivait cette réponse a été perdu. Ce qui était écrit est conservé : réessayez.",
    response_not_found: "Le serveur n’a plus cette réponse. Posez la question de nouveau.",
    conversation_not_found: "Il n’y a pas de telle conversation ici, ou elle n’est pas à vous.",
    session_ended: "Vous êtes déconnecté. Reconnectez-vous ; ce que vous avez écrit est conservé.",
    last_administrator: "C’est le dernier administrateur. Nommez-en d’abord un autre.",
    administrator_required: "Il faut être administrateur, et votre compte ne l’est plus.",
  },
};
