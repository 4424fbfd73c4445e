package record

import (
	"errors"
	"fmt"
)

// Kind says what a caller can do about an Error. The doors turn it into a status code in one table.
type Kind string

const (
	Invalid     Kind = "invalid"     // the input is wrong; Message says where and how to mend it
	NotFound    Kind = "not_found"   // no such thing, or not for this actor: the two look alike on purpose
	Forbidden   Kind = "forbidden"   // the actor is known and may not do this
	Conflict    Kind = "conflict"    // somebody else changed it first, or the rules exclude both
	Gone        Kind = "gone"        // it was there: revoked, expired or withdrawn
	TooLarge    Kind = "too_large"   // beyond a limit that Message names
	Unavailable Kind = "unavailable" // not now; the same call may work later
	Internal    Kind = "internal"    // a fault of ours; details are logged, never shown
)

// Error is the only error type that the desks return. Message is written for the person who acts: what, where, how
// to mend. Err is the cause, for logs.
type Error struct {
	Kind    Kind
	Op      string // desk and act: "registrar.Approve"
	Code    string // optional, stable, for pages that must tell cases apart: "share.expired"
	Message string
	Err     error
}

func (e *Error) Error() string {
	text := e.Op + ": " + e.Message
	if e.Message == "" {
		text = e.Op + ": " + string(e.Kind)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf returns an Error of the given kind with a formatted message for the person who acts.
func Errorf(kind Kind, op, format string, args ...any) *Error {
	return &Error{Kind: kind, Op: op, Message: fmt.Sprintf(format, args...)}
}

// Wrap returns err as an Error: unchanged when it already is one, otherwise of kind Internal with err as the cause.
func Wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	return &Error{Kind: Internal, Op: op, Message: "something went wrong on our side; try again, and tell the operator if it stays", Err: err}
}

// KindOf returns the kind of err; an error that is not an Error is Internal, and nil has no kind.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// CodeOf returns the code of err, empty when it has none.
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// MessageOf returns the sentence of err that may be shown to the person who acts.
func MessageOf(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Message != "" {
		return e.Message
	}
	return "something went wrong on our side; try again, and tell the operator if it stays"
}
