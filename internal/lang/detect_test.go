package lang

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

//nolint:misspell // they are not English
var notes = map[string][]string{
	"fr": {
		"Plus rien depuis samedi", "Ma box redémarre toute seule", "Le technicien n'est pas venu", "Je n'ai plus internet",
		"facture trop élevée", "voyant rouge fibre", "Rappeler le soir uniquement", "Ça coupe tout le temps",
		"Cliente lasse, quatrième appel", "wifi lent dans la chambre", "On m'avait juré de me rappeler avant midi",
		"Conseiller aimable, mais j'ai dû tout réexpliquer quatre fois.", "Pas de tonalité sur le fixe", "Merci de rappeler",
		"debit tres faible depuis hier soir", "client absent lors du passage", "J’attends encore le remboursement",
		"Prélèvement deux fois ce mois-ci", "Câble arraché par les travaux de la mairie", "Le décodeur affiche un écran noir",
	},
	"en": {
		"No internet since Saturday", "My router keeps rebooting", "The technician never came", "bill is too high",
		"call back in the evening only", "slow wifi upstairs", "customer was told it would be fixed by noon", "Please call me back",
		"line drops every night", "I have explained this four times already", "no dial tone", "waiting for a new SIM card",
		"Great agent, terrible wait", "He'd like a refund for the outage", "They charged me twice this month", "Screen stays black after the update",
	},
	"pt": {
		"Sem internet desde sábado", "O técnico não apareceu", "A fatura está muito alta", "A avaria deve estar reparada amanhã ao meio-dia",
		"Ligar só à noite", "wifi lento no quarto", "O cliente já explicou quatro vezes", "não consigo fazer chamadas",
		"Encaminhado para o segundo nível", "linha cai todas as noites", "obrigado pela ajuda", "sem sinal na televisão",
		"Cobraram duas vezes este mês", "A box reinicia sozinha", "Estou à espera do reembolso há três semanas",
	},
	"es": {
		"Sin internet desde el sábado", "El técnico no vino", "La factura es demasiado alta", "llamar solo por la noche",
		"wifi lento en la habitación", "El cliente ya lo explicó cuatro veces", "no puedo hacer llamadas", "la línea se corta todas las noches",
		"gracias por la ayuda", "sin señal en el televisor", "Me dijeron que estaría reparado hoy", "¿Cuándo viene el técnico?",
		"Me han cobrado dos veces este mes", "El router se reinicia solo",
	},
	"ar": {"لم يأت أحد هذا الصباح", "الإنترنت مقطوع منذ السبت", "الفاتورة مرتفعة جدا", "شكرا"},
}

func TestDetectReadsNotesOfTheTrade(t *testing.T) {
	all, silent := 0, 0
	for want, texts := range notes {
		for _, text := range texts {
			all++
			got, ok := Detect(text)
			if ok && got != want {
				t.Errorf("%q is %s, taken for %s", text, want, got)
			}
			if !ok {
				silent++
				t.Logf("%q: cannot tell", text)
			}
		}
	}
	if silent*10 > all {
		t.Errorf("it cannot tell %d of %d", silent, all)
	}
}

func TestDetectSaysNothingWhereItCannotTell(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":          "",
		"a code":           "INC0048213",
		"numbers":          "06 39 98 12 34",
		"a word of all":    "internet",
		"a name":           "Zoé Maréchal",
		"another language": "Kein Empfang, bitte zurückrufen",
		"another script":   "не работает интернет",
		"broken bytes":     "\xff\xfe\xfd",
		"as much of two":   "the line is down / la ligne est en panne",
	} {
		t.Run(name, func(t *testing.T) {
			if tag, ok := Detect(text); ok {
				t.Errorf("%q is taken for %s", text, tag)
			}
		})
	}
}

func TestDetectTakesAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		tag, ok := Detect(text)
		if ok != (tag != "") {
			t.Fatalf("%q, %v", tag, ok)
		}
	})
}

func BenchmarkDetect(b *testing.B) {
	for name, text := range map[string]string{
		"a note": "Conseiller aimable, mais j'ai dû tout réexpliquer quatre fois.",
		"a page": strings.Repeat("Conseiller aimable, mais j'ai dû tout réexpliquer quatre fois. ", 100),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Detect(text)
			}
		})
	}
}
