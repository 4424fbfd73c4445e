package web

// CampusChoice is one sign-in service of an institution on the sign-in page.
type CampusChoice struct{ Name, House, Href string }
