package web

import "github.com/openlaurel/laurel/render"

func signInStories() []story {
	when := render.Date{Time: storyTime}
	return []story{
		{"sign-in-every-way", titled(house(&SignIn{Passkeys: true, Next: "/my", Campus: []CampusChoice{{Name: "Harbour account", House: "Harbour University", Href: "/sign-in/campus/1"}, {Name: "حساب الجامعة", House: "جامعة الميناء", Href: "/sign-in/campus/2"}}}, "public"), "Sign in", false), ""},
		{"account", titled(house(&MyAccount{Email: "amara@example.edu", Offered: true, Passkeys: []PasskeyRow{{ID: "1", Name: "My phone", Since: when, Used: when}, {ID: "2", Name: "مفتاح الأمان", Since: when}}}, "my"), "How you sign in", false), ""},
		{"account-empty", titled(house(&MyAccount{Email: "ruth@example.edu", Error: "A password has from 10 to 1000 characters."}, "staff"), "How you sign in", false), ""},
	}
}

func operatorStories() []story {
	staff := []StaffRow{{ID: "1", Name: "Ruth Castellanos", Email: "ruth@harbour.example", Self: true, Roles: []RoleBox{{"registrar", false}, {"approver", false}, {"operator", true}}},
		{ID: "2", Name: "Tomasz Wilk", Email: "t.wilk@harbour.example", Roles: []RoleBox{{"registrar", true}, {"approver", true}, {"operator", false}}},
		{ID: "3", Name: "نور الهاشمي", Email: "nour@harbour.example", Closed: true, Roles: []RoleBox{{"registrar", false}, {"approver", false}, {"operator", false}}}}
	roles := []string{"registrar", "approver", "operator"}
	rows := []HouseRow{{Slug: "harbour", Name: "Harbour University", Accounts: 1204, Learners: 18233}, {Slug: "lindow", Name: "Lindow College", Accounts: 3, Suspended: true}, {Slug: "sandbox", Name: "Harbour test space", Accounts: 2, Learners: 12, Test: true}}
	oidc := CampusForm{ID: "1", Kind: "oidc", Name: "Harbour account", Issuer: "https://sso.harbour.example", ClientID: "laurel", Groups: "cn=records,ou=groups = registrar\ndeans = approver\n", JoinGroups: true, Enabled: true, Version: 3}
	saml := CampusForm{ID: "2", Kind: "saml", Name: "Federation", Issuer: "https://idp.harbour.example/saml", JoinEmail: true, Version: 1}
	return []story{
		{"staff", titled(house(&Staff{Staff: staff, Roles: roles, StaffPath: "/desk/staff", Made: &MadeSecret{Name: "Ines Moreau", Token: "https://records.harbour.example/sign-in/ABCDEFGHIJKLMNOPQRSTUVWXYZ"}}, "staff"), "Staff", true), ""},
		{"institutions", titled(house(&Houses{Rows: rows, Base: "https://records.harbour.example/", Error: "There is already an institution with this short name."}, "staff"), "Institutions", true), ""},
		{"institution", titled(house(&HousePage{House: rows[1], Address: "https://records.harbour.example/lindow", DID: "did:web:records.harbour.example:lindow", Since: render.Date{Time: storyTime}, Why: "The contract ended.", Max: 200, Staff: staff[1:], Roles: append(roles, "steward"), StaffPath: "/server/institutions/lindow/people"}, "staff"), "Lindow College", true), ""},
		{"campus-services", titled(house(&CampusServices{Rows: []CampusServiceRow{{"1", "Harbour account", "oidc", "https://sso.harbour.example", true}, {"2", "Federation", "saml", "https://idp.harbour.example/saml", false}}}, "staff"), "Campus sign-in", true), ""},
		{"campus-service-oidc", titled(house(&CampusServicePage{Form: oidc, Back: "https://records.harbour.example/sign-in/campus/1/back", Error: "The client id is missing."}, "staff"), "Harbour account", true), ""},
		{"campus-service-saml", titled(house(&CampusServicePage{Form: saml, Back: "https://records.harbour.example/sign-in/campus/2/back", Entity: "https://records.harbour.example/sign-in/campus/2/metadata"}, "staff"), "Federation", true), ""},
		{"campus-refused", titled(house(&CampusRefused{Why: "The sign-in worked, but no account here is yours. Ask your institution to add you."}, "public"), "Not let in", false), ""},
	}
}
