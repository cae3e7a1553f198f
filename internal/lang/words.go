package lang

import "strings"

// The words by which a language is told, without accents: those that stand in every
// other sentence, and a few of the trade. A word that several have counts for each
// of them, and less.
//
//nolint:misspell // they are not English
var words = map[language]string{
	french: `
		le la les l un une des du de d au aux et ou mais donc car ni que qui quoi dont si
		je j tu il elle on nous vous ils elles me m te t se s lui leur y en ce c cet cette ces ca cela
		mon ma mes ton ta tes son sa ses notre nos votre vos leurs
		est suis es sommes etes sont etait etaient ete etre ai as a avons avez ont avait avoir eu
		fait faire peut peux veut veux dit dois doit va vont aller vient venu faut
		ne n pas plus rien jamais aucun aucune toujours deja encore tout toute tous toutes tres trop bien mal
		dans sur sous avec sans pour par chez vers entre depuis pendant avant apres lors contre jusqu qu
		quand comment pourquoi combien quel quelle aujourd hui hier demain matin soir midi nuit jour jours semaine mois fois
		lundi mardi mercredi jeudi vendredi samedi dimanche
		bonjour merci svp oui non client cliente facture rappel rappeler appel ligne panne debit coupure coupe coupee
		internet fibre technicien absent absente rendez voyant rouge fixe prelevement resiliation abonnement redemarrage redemarrer
		lent lente probleme marche fonctionne connexion conseiller numero compte carte reseau mobile`,
	english: `
		the a an and or but so because if that which who what when where why how
		i you he she it we they me him her us them my your his its our their this these those there here
		is am are was were be been being has have had having do does did done doing will would can could should must may might
		not no nor never nothing none always already still again all any some every each very too much many more most
		in on at by for with without from of to into out up down over under after before since until during about between
		don t s ve re ll m won isn didn doesn can wasn hasn haven
		today yesterday tomorrow morning evening night day days week weeks month months time times now soon
		monday tuesday wednesday thursday friday saturday sunday
		hello hi thanks thank please yes customer caller bill call called back calls waiting wait told said says asked
		internet slow line drops drop keeps engineer technician came come came works working fixed fix broken down
		router tone card agent service great good bad high low only just got get gets went new old replaced explained`,
	portuguese: `
		o a os as um uma uns umas de do da dos das no na nos nas ao aos em e ou mas que quem se como porque pois
		eu tu ele ela nos vos eles elas me te lhe lhes mim ti si isso isto aquilo este esta esse essa aquele aquela
		meu minha meus minhas seu sua seus suas nosso nossa
		sou es somos sao foi foram era ser estar estou esta estao estava tem tenho temos tinha ha houve
		faz fazer pode posso quer quero disse deve vai vou vem veio ficou fica consigo consegue
		nao nada nunca nenhum nenhuma sempre ja ainda tudo todo toda todos todas muito muita mais menos bem mal so
		com sem para por pelo pela pelos pelas sobre entre desde ate depois antes durante contra quando onde quanto qual
		hoje ontem amanha manha tarde noite noites dia dias semana mes vez vezes meio
		segunda terca quarta quinta sexta sabado domingo
		bom boa ola obrigado obrigada sim cliente fatura conta ligar ligacao chamada chamadas linha avaria cai caiu
		internet lento lenta tecnico apareceu telefone rede sinal televisao quarto rua reparada reparado segundo nivel
		encaminhado explicou problema funciona resolvido contrato numero pedido ajuda fazem aparece`,
	spanish: `
		el la los las un una unos unas de del al en y o u pero que quien si como porque pues
		yo tu el ella ello nosotros vosotros ellos ellas usted ustedes me te se le les lo nos os mi ti eso esto aquello
		este esta ese esa aquel aquella mis tus su sus nuestro nuestra
		soy eres es somos son fue fueron era ser estar estoy esta estan estaba estaria tiene tengo tenemos tenia hay hubo
		ha han hace hacer puede puedo quiere quiero dijo dijeron debe va voy viene vino quedo
		no nada nunca ningun ninguna siempre ya aun todavia todo toda todos todas muy mucho mucha mas menos bien mal solo
		con sin para por sobre entre desde hasta despues antes durante contra cuando donde cuanto cual
		hoy ayer manana tarde noche noches dia dias semana mes vez veces
		lunes martes miercoles jueves viernes sabado domingo
		hola gracias cliente factura cuenta llamar llamada llamadas llame linea averia corta corto
		internet lento lenta tecnico telefono red senal television habitacion calle reparado segundo nivel
		explico problema funciona resuelto contrato numero pedido ayuda demasiado alta`,
}

// told is which languages have a word.
var told = func() map[string]languages {
	all := map[string]languages{}
	for l, list := range words {
		for _, word := range strings.Fields(list) {
			all[word] |= 1 << l
		}
	}
	return all
}()

// endings are the ends of longer words that are one language's own.
var endings = []struct {
	end string
	of  language
}{
	{"cao", portuguese},
	{"coes", portuguese},
	{"agem", portuguese},
	{"nho", portuguese},
	{"nha", portuguese},
	{"eiro", portuguese},
	{"cion", spanish},
	{"ciones", spanish},
	{"dad", spanish},
	{"aje", spanish},
	{"eux", french},
	{"euse", french},
	{"ment", french},
	{"ique", french},
	{"eur", french},
	{"aire", french},
	{"ing", english},
	{"ness", english},
	{"ful", english},
	{"ly", english},
	{"ght", english},
}
