package simulate

import "strings"

// What people say. {name}, {street}, {phone} and {box} are the customer's own.
var complaints = map[string][]string{
	"internet": {
		"La connexion tombe tous les soirs vers vingt heures, je télétravaille et je perds mes réunions. C'est {name}, {street}.",
		"Plus d'internet depuis ce matin, le voyant de la box {box} reste rouge.",
		"Ça rame énormément dans la chambre, la visio coupe sans arrêt. Rappelez-moi au {phone}.",
	},
	"tv": {
		"L'image se fige pendant le match, puis le décodeur redémarre tout seul.",
		"Écran noir sur le décodeur de {name} depuis la mise à jour.",
	},
	"mobile": {
		"Je n'ai plus de réseau au {phone} depuis hier, même en rue.",
		"Aucun appel ne passe chez moi, {street}.",
	},
	"billing": {
		"Ma facture a doublé et personne ne m'a prévenue. {name}.",
		"Vous m'avez prélevé deux fois ce mois-ci !",
	},
	"order": {
		"Le colis devait arriver lundi au {street}, toujours rien.",
	},
}

var restated = []string{
	"J'ai déjà tout expliqué à votre collègue. ",
	"Comme je l'ai dit la dernière fois : ",
	"Pour la troisième fois, ",
}

var answers = map[string]string{
	"internet": "Le profil de la ligne a été changé ; surveillez pendant 48 heures.",
	"tv":       "Le décodeur a été réinitialisé, les chaînes sont revenues.",
	"mobile":   "Une antenne était en travaux près de chez vous, c'est rétabli.",
	"billing":  "La remise avait expiré ; elle est rétablie sur la prochaine facture.",
	"order":    "Le colis est en point relais, vous recevez un message aujourd'hui.",
}

var promises = map[string]string{
	"callback":    "Un technicien vous rappelle avant la date convenue.",
	"replacement": "Une box neuve vous est envoyée.",
	"credit":      "Un avoir est porté sur la prochaine facture.",
}

var opinions = []string{
	"Très aimable, mais j'ai dû tout répéter.",
	"Quatre appels pour une box, c'est trop.",
	"Réglé en cinq minutes, merci.",
	"On m'a promis un rappel qui n'est jamais venu.",
}

func (l *life) complaint(reason string, nth int) string {
	group, _, _ := strings.Cut(reason, ".")
	words := l.who.fill(pick(l.rng, complaints[group]))
	if nth > 1 {
		words = pick(l.rng, restated) + words
	}
	return words
}

func (l *life) answer(reason string) string {
	group, _, _ := strings.Cut(reason, ".")
	return answers[group]
}

func (l *life) promised(what string) string { return promises[what] }

func (l *life) opinion() string { return pick(l.rng, opinions) }

func (p *Person) fill(words string) string {
	return strings.NewReplacer("{name}", p.Name, "{street}", p.Street, "{phone}", p.Phone, "{box}", p.Box).Replace(words)
}
