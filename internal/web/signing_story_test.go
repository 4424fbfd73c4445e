package web

import (
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/store"
)

func signingStories() []story {
	active := KeyRow{ID: "k2", Name: "key-2", Algorithm: "ed25519", Suite: "eddsa-rdfc-2022", State: "active", Value: "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQXJPt4swbTQ2", Since: day("2026-01-01")}
	retired := KeyRow{ID: "k1", Name: "key-1", Algorithm: "ed25519", Suite: "eddsa-rdfc-2022", State: "retired", Value: "z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH", Since: day("2025-01-01"), Ended: day("2026-01-01")}
	use := KeyUse{KeyDependence: registrar.KeyDependence{Key: record.Key{Fragment: "key-2", CreatedAt: active.Since.Time},
		KeyCounts: store.KeyCounts{Credentials: 1204, Ended: 12, Records: 398, Learners: 398, Shares: 7, Copies: 3, Hosts: 1, Lists: 1, Waiting: 2}}, Since: active.Since, First: day("2026-01-02"), Last: day("2026-06-01")}
	gone := use
	gone.Credentials, gone.Shares = 1, 1
	stolen := active
	stolen.State, stolen.Ended = "compromised", day("2026-06-02")
	history := AwardHistory{Versions: []VersionRow{{2, "current", day("2026-06-02"), "", []registrar.Change{{Member: "results", Before: "Final grade: B", After: "Final grade: A-"}}}, {1, "superseded", day("2026-06-01"), "replaced by a correction: the exam office erred", nil}},
		Happenings: []HappeningRow{{day("2026-06-01"), "approved", "Tomasz Wilk", ""}, {day("2026-06-01"), "signed", "the program", ""}, {day("2026-06-02"), "correction drafted", "Ruth Castellanos", "the exam office erred"}, {day("2026-06-02"), "correction signed", "the program", ""}}}
	corrected := &AwardPage{MayEdit: true, Award: registrar.AwardView{Award: record.Award{ID: "1", State: record.AwardIssued, Detail: record.AwardDetail{AwardedOn: "2025-05-20"}}}, Row: signed("issued")[0], Effect: registrar.Effect{Credentials: 1, Shares: 7, Hosts: 3, Copies: 1}, History: history}
	return []story{
		{"award-history", titled(house(corrected, "staff"), "Introduction to Data Science", false), ""},
		{"status-change", titled(house(&StatusChange{Awards: signed("issued")[:2], Effect: registrar.Effect{Credentials: 2, Shares: 7, Hosts: 3, Copies: 1}, Acts: statusActs, Act: "revoke", Error: "A reason is needed, of at most 2000 characters; the learner will read it."}, "staff"), "Change the status", true), ""},
		{"status-change-none", titled(house(&StatusChange{Error: "Choose at least one award in the list of what is issued.", Acts: statusActs}, "staff"), "Change the status", true), ""},
		{"keys", titled(house(&Keys{DID: "did:web:records.harbour.example", MayTurn: true, Signs: true, Kinds: []string{"ed25519", "p256", "p384", "p256-sd"}, Token: "Records office", Rows: []KeyRow{active, retired}}, "staff"), "Keys", true), ""},
		{"keys-none", titled(house(&Keys{DID: "did:web:records.harbour.example", MayTurn: true, Kinds: []string{"ed25519", "p256", "p384", "p256-sd"}, Rows: []KeyRow{retired, stolen}}, "staff"), "Keys", true), ""},
		{"policy", titled(house(&HousePolicy{Version: 3, MayChange: true, Rules: []Choice{{"two-people", "Two people for every award", true}, {"refresh", "Corrections reach those who hold a copy", false}, {"wallet-copies", "Copies for wallets", true}, {"open-records", "Records answer at their address", false}}}, "staff"), "Rules of the house", false), ""},
		{"key-new", titled(house(&NewKey{Algorithm: "p256", Kinds: []string{"ed25519", "p256", "p384", "p256-sd"}, Before: &use, Lists: 1, Again: 40}, "staff"), "New key", false), ""},
		{"key", titled(house(&KeyPage{Row: active, Use: use, MayTurn: true, MayList: true, Error: "Type the key's name, key-2, to be sure that it is this one; nothing was changed.", Typed: map[string]string{"reason": "The laptop was stolen", "sure": "key-1"}}, "staff"), "key-2", false), ""},
		{"key-compromised", titled(house(&KeyPage{Row: stolen, Use: gone, MayTurn: true, MayList: true, Typed: map[string]string{}}, "staff"), "key-2", false), ""},
	}
}
