package jsonld

import "fmt"

// ContextError reports a context that is unknown or invalid, or a definition
// that is not allowed where it stands.
type ContextError struct {
	Code    string // error code of JSON-LD 1.1, e.g. "protected term redefinition"
	URL     string // the context concerned; "" for one inside the document
	Pointer string // where in the document the context is asked for
	Term    string // the term concerned, if any
	Msg     string
}

func (e *ContextError) Error() string {
	s := "jsonld: " + e.Code
	if e.URL != "" {
		s += fmt.Sprintf(": context %s", e.URL)
	}
	if e.Term != "" {
		s += fmt.Sprintf(": term %q", e.Term)
	}
	if e.Msg != "" {
		s += ": " + e.Msg
	}
	if e.Pointer != "" {
		s += " (at " + e.Pointer + ")"
	}
	return s
}

// Error reports a document that is not JSON-LD 1.1.
type Error struct {
	Code    string // error code of JSON-LD 1.1, e.g. "invalid @id value"
	Pointer string // where in the document
	Msg     string
}

func (e *Error) Error() string {
	s := "jsonld: " + e.Code
	if e.Msg != "" {
		s += ": " + e.Msg
	}
	if e.Pointer != "" {
		s += " (at " + e.Pointer + ")"
	}
	return s
}

// CodeTooManyObjects is the code of the [Error] that refuses a document for the
// number of its objects. It is not one of JSON-LD's.
const CodeTooManyObjects = "too many objects"

// Error codes of contexts (JSON-LD 1.1 API, section JsonLdErrorCode).
const (
	codeContextOverflow      = "context overflow"
	codeCyclicIRI            = "cyclic IRI mapping"
	codeBaseDirection        = "invalid base direction"
	codeBaseIRI              = "invalid base IRI"
	codeContainer            = "invalid container mapping"
	codeContextEntry         = "invalid context entry"
	codeNullification        = "invalid context nullification"
	codeDefaultLanguage      = "invalid default language"
	codeImport               = "invalid @import value"
	codeIRIMapping           = "invalid IRI mapping"
	codeKeywordAlias         = "invalid keyword alias"
	codeLanguageMapping      = "invalid language mapping"
	codeLocalContext         = "invalid local context"
	codeNest                 = "invalid @nest value"
	codePrefix               = "invalid @prefix value"
	codePropagate            = "invalid @propagate value"
	codeProtected            = "invalid @protected value"
	codeRemoteContext        = "invalid remote context"
	codeReverseProperty      = "invalid reverse property"
	codeScopedContext        = "invalid scoped context"
	codeTermDefinition       = "invalid term definition"
	codeTypeMapping          = "invalid type mapping"
	codeVersion              = "invalid @version value"
	codeVocab                = "invalid vocab mapping"
	codeKeywordRedefinition  = "keyword redefinition"
	codeLoadingRemoteContext = "loading remote context failed"
	codeProtectedTerm        = "protected term redefinition"
)

func contextError(code, term, format string, args ...any) *ContextError {
	return &ContextError{Code: code, Term: term, Msg: fmt.Sprintf(format, args...)}
}
