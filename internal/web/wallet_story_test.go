package web

import (
	"html/template"

	"github.com/openlaurel/laurel/render"
)

// walletStories shows what passes between a person, a wallet and whoever asks.
func walletStories() []story {
	items := []ShareChoice{{Ref: "1", Name: "Introduction to Data Science", Code: "DS 101", Type: "Course", Result: "A-", Date: day("2025-05-20"), Mark: render.Verified, Chosen: true},
		{Ref: "2", Name: "دروس الأقران", Type: "CoCurricular", Date: day("2025-04-30"), Mark: render.Verified}}
	offers := []WalletRow{{ID: "o1", State: "open", Names: []string{"Introduction to Data Science"}, At: render.Date{Time: storyTime}},
		{ID: "o2", State: "added", Names: []string{"Comprehensive Learner Record", "دروس الأقران"}, Bound: true, At: render.Date{Time: storyTime}}}
	offer := "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Frecords.harbour.example%2Foid4vci%2Foffers%2FMZ4T5QGKBXW6D7JYVCLN2RHAPE"
	request := "openid4vp://?client_id=decentralized_identifier%3Adid%3Aweb%3Arecords.harbour.example%3Aoid4vp&request_uri=https%3A%2F%2Frecords.harbour.example%2Foid4vp%2Frequests%2F6b1f5e2e-0a6c-4d0e-9a52-57a3b8f3a001"
	interaction := "https://records.harbour.example/interactions/offers/MZ4T5QGKBXW6D7JYVCLN2RHAPE?iuv=1"
	holder := "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
	answer := func(binding, holder string) *AskAnswer {
		return &AskAnswer{Path: "/ask/x", State: "answered", Name: "City Transit <b>HR</b>", Purpose: "analyst role", Binding: binding, Holder: holder, Record: amara(), Kept: render.Date{Time: storyTime}}
	}
	return []story{
		{"wallet", titled(house(&MyWallet{MayBind: true, Items: items, Offers: offers}, "my"), "To my wallet", true), ""},
		{"wallet-unbound", titled(house(&MyWallet{Whole: true, Error: "Choose from one to 200 items, or the whole record."}, "my"), "To my wallet", true), ""},
		{"wallet-offer", titled(house(&WalletOffer{Link: template.URL(offer), QR: render.QR(offer, "QR"), Other: interaction, OtherQR: render.QR(interaction, "QR"), TxCode: "039271", Names: []string{"Introduction to Data Science"}, Until: render.Date{Time: storyTime}}, "my"), "Ready for your wallet", true), ""},
		{"wallet-offer-bound", titled(house(&WalletOffer{Link: template.URL(offer), QR: render.QR(offer, "QR"), TxCode: "039271", Names: []string{"دروس الأقران"}, Bound: true, Until: render.Date{Time: storyTime}}, "my"), "Ready for your wallet", true), ""},
		{"ask", titled(house(&AskWallet{Kind: "record", Name: "City Transit"}, "public"), "Ask for a record", false), ""},
		{"ask-waiting", titled(house(&AskWaiting{Path: "/ask/x", Name: "City Transit", Purpose: "analyst role", Kind: "award", Achievement: "https://records.harbour.example/achievements/ds-101", Bind: true, Link: template.URL(request), QR: render.QR(request, "QR"), Until: render.Date{Time: storyTime}}, "public"), "Waiting for the answer", true), ""},
		{"ask-answer-bound", titled(house(answer("bound", holder), "public"), "What was shown to you", true), ""},
		{"ask-answer-none", titled(house(answer("none", "public"), ""), "What was shown to you", true), ""},
		{"ask-declined", titled(house(&AskAnswer{Path: "/ask/x", State: "declined", Name: "City Transit", Purpose: "analyst role"}, "public"), "What was shown to you", true), ""},
		{"interaction", titled(house(&Interaction{Link: template.URL(offer), Offer: true}, "public"), "Open this in a wallet", true), ""},
		{"ask-sent", titled(house(&AskSent{}, "public"), "Your answer was sent", true), ""},
	}
}
