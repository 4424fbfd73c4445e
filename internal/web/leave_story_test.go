package web

import "github.com/openlaurel/laurel/render"

// leaveStories are the pages of signing as the holder and of leaving.
func leaveStories() []story {
	signed := Signature{Holder: "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp", House: "Harbour University", Href: "/shares/x/as/presentation", Good: true, Made: day("2026-06-01")}
	broken := signed
	broken.Good, broken.Href = false, ""
	share := func(s *Signature) page {
		return titled(house(&SharePage{Path: "/shares/x", Record: clean(), Signed: s, Issuers: []render.Party{university}}, "public"), "Shared record", false)
	}
	leaving := &MyLeave{Email: "amara@harbour.example", House: "Harbour University", Goes: []string{"your account, with every way to sign in", "2 links that you shared; they open no more"}, Stays: []string{"14 documents that were issued about you, every version counted"}}
	held := *leaving
	held.Refused = "Your institution has put a hold on this record, and nothing of it is deleted until that is lifted; ask its office."
	return []story{
		{"share-signed", share(&signed), ""},
		{"share-signed-broken", share(&broken), ""},
		{"leave", titled(house(leaving, "my"), "Delete my account", false), ""},
		{"leave-held", titled(house(&held, "my"), "Delete my account", false), ""},
	}
}
