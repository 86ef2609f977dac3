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
  },
};
