package vc

// Problem is a departure from the data model, said so that a registrar understands it.
type Problem struct {
	Pointer string // JSON pointer into the document
	Code    string // stable, kebab-case, without the check's name: "issuer-missing"
	Message string // one plain sentence
	Spec    string // the clause
	Warning bool   // tolerated in the field, never to be issued
}

// Check holds the document to the rules of its model and gives every departure, in document order of the rules.
func (d *Document) Check() []Problem {
	return nil
}
