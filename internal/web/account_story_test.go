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
