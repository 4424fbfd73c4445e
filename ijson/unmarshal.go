package ijson

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
)

// Unmarshaler is implemented by types that read themselves from a Value.
type Unmarshaler interface {
	UnmarshalIJSON(Value) error
}

// A TypeError says that a value has another type than the Go value it was to
// be stored in.
type TypeError struct {
	Pointer string // JSON Pointer of the value
	Found   Kind
	Want    string // the Go type
	Err     error  // the cause when the kind fits but the value does not
}

func (e *TypeError) Error() string {
	at := e.Pointer
	if at == "" {
		at = "the document"
	}
	if e.Err != nil {
		return fmt.Sprintf("ijson: %s: the %s does not fit %s: %v", at, e.Found, e.Want, e.Err)
	}
	return fmt.Sprintf("ijson: %s: found %s where %s should be", at, e.Found, e.Want)
}

func (e *TypeError) Unwrap() error { return e.Err }

// Unmarshal parses src strictly and stores it in dst, a non-nil pointer.
// Struct fields are matched by their exact json tag or Go name: unlike
// encoding/json, "ID" never fills a field tagged "id". Members without a field
// are ignored. Null leaves a Go value as it is, except that it clears
// pointers, maps, slices and interfaces. Strings are copied.
func Unmarshal(src []byte, dst any) error {
	return unmarshal(src, dst, false)
}

// UnmarshalStrict is Unmarshal, but a member without a field is an error.
func UnmarshalStrict(src []byte, dst any) error {
	return unmarshal(src, dst, true)
}

func unmarshal(src []byte, dst any, strict bool) error {
	doc, err := Parse(src, nil)
	if err != nil {
		return err
	}
	return decodeInto(doc.Root(), dst, strict)
}

// Decode stores v in dst as [Unmarshal] would.
func (v Value) Decode(dst any) error { return decodeInto(v, dst, false) }

func decodeInto(v Value, dst any, strict bool) error {
	rv := reflect.ValueOf(dst)
	if rv.Kind() != reflect.Pointer || rv.IsNil() {
		return fmt.Errorf("ijson: cannot decode into %T; give a non-nil pointer", dst)
	}
	if !v.IsValid() {
		return &TypeError{Found: Invalid, Want: rv.Elem().Type().String()}
	}
	return decoder{strict}.value(v, rv.Elem())
}

type decoder struct{ strict bool }

func mismatch(v Value, rv reflect.Value, err error) error {
	return &TypeError{Pointer: v.Pointer(), Found: v.Kind(), Want: rv.Type().String(), Err: err}
}

func (d decoder) value(v Value, rv reflect.Value) error {
	if v.Kind() == Null {
		switch rv.Kind() {
		case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface:
			rv.SetZero()
			return nil
		}
	}
	if rv.Kind() == reflect.Pointer {
		if rv.IsNil() {
			rv.Set(reflect.New(rv.Type().Elem()))
		}
		return d.value(v, rv.Elem())
	}
	if handled, err := custom(v, rv); handled {
		return err
	}
	if v.Kind() == Null {
		return nil
	}
	switch rv.Kind() {
	case reflect.Interface:
		if rv.NumMethod() != 0 {
			return mismatch(v, rv, nil)
		}
		rv.Set(reflect.ValueOf(v.Any()))
		return nil
	case reflect.Struct:
		return d.structure(v, rv)
	case reflect.Map:
		return d.mapping(v, rv)
	case reflect.Slice, reflect.Array:
		return d.list(v, rv)
	}
	return scalar(v, rv)
}

// custom lets the types that read themselves do so.
func custom(v Value, rv reflect.Value) (bool, error) {
	if rv.Type() == reflect.TypeFor[Value]() {
		rv.Set(reflect.ValueOf(v))
		return true, nil
	}
	if !rv.CanAddr() {
		return false, nil
	}
	var err error
	switch u := rv.Addr().Interface().(type) {
	case Unmarshaler:
		err = u.UnmarshalIJSON(v)
	case json.Unmarshaler:
		err = u.UnmarshalJSON(v.Raw())
	case encoding.TextUnmarshaler:
		switch v.Kind() {
		case String:
			err = u.UnmarshalText([]byte(v.Text()))
		case Null:
		default:
			return true, mismatch(v, rv, nil)
		}
	default:
		return false, nil
	}
	if err != nil {
		return true, mismatch(v, rv, err)
	}
	return true, nil
}

func scalar(v Value, rv reflect.Value) error {
	switch k := rv.Kind(); {
	case k == reflect.String && rv.Type() == reflect.TypeFor[json.Number]() && v.Kind() == Number:
		rv.SetString(string([]byte(v.Number())))
		return nil
	case k == reflect.String && v.Kind() == String:
		rv.SetString(string([]byte(v.Text())))
		return nil
	case k == reflect.Bool && v.Kind() == Bool:
		rv.SetBool(v.Bool())
		return nil
	case v.Kind() != Number:
		return mismatch(v, rv, nil)
	case rv.CanFloat():
		rv.SetFloat(v.Float())
		return nil
	case rv.CanInt():
		if i, ok := v.Int(); ok && !rv.OverflowInt(i) {
			rv.SetInt(i)
			return nil
		}
	case rv.CanUint():
		if i, ok := v.Int(); ok && i >= 0 && !rv.OverflowUint(uint64(i)) {
			rv.SetUint(uint64(i))
			return nil
		}
	}
	return mismatch(v, rv, nil)
}

func (d decoder) list(v Value, rv reflect.Value) error {
	if rv.Kind() == reflect.Slice && rv.Type().Elem().Kind() == reflect.Uint8 && v.Kind() == String {
		b, err := base64.StdEncoding.DecodeString(v.Text())
		if err != nil {
			return mismatch(v, rv, err)
		}
		rv.SetBytes(b)
		return nil
	}
	if v.Kind() != Array {
		return mismatch(v, rv, nil)
	}
	if rv.Kind() == reflect.Slice {
		rv.Set(reflect.MakeSlice(rv.Type(), v.Len(), v.Len()))
	} else if v.Len() != rv.Len() {
		return mismatch(v, rv, fmt.Errorf("it has %d elements", v.Len()))
	}
	for i, e := range v.indexed() {
		if err := d.value(e, rv.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (d decoder) mapping(v Value, rv reflect.Value) error {
	if v.Kind() != Object {
		return mismatch(v, rv, nil)
	}
	t := rv.Type()
	if rv.IsNil() {
		rv.Set(reflect.MakeMapWithSize(t, v.Len()))
	}
	for name, m := range v.Members() {
		key := reflect.New(t.Key()).Elem()
		if err := mapKey(name, key); err != nil {
			return mismatch(m, rv, err)
		}
		elem := reflect.New(t.Elem()).Elem()
		if err := d.value(m, elem); err != nil {
			return err
		}
		rv.SetMapIndex(key, elem)
	}
	return nil
}

func mapKey(name string, key reflect.Value) error {
	name = string([]byte(name))
	if u, ok := key.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(name))
	}
	switch {
	case key.Kind() == reflect.String:
		key.SetString(name)
	case key.CanInt():
		i, err := strconv.ParseInt(name, 10, key.Type().Bits())
		if err != nil {
			return err
		}
		key.SetInt(i)
	default:
		return fmt.Errorf("a member name cannot become a %s", key.Type())
	}
	return nil
}

func (d decoder) structure(v Value, rv reflect.Value) error {
	if v.Kind() != Object {
		return mismatch(v, rv, nil)
	}
	fields := fieldsOf(rv.Type())
	for name, m := range v.Members() {
		index, ok := fields[name]
		if !ok {
			if d.strict {
				return &TypeError{Pointer: m.Pointer(), Found: m.Kind(), Want: rv.Type().String(), Err: fmt.Errorf("there is no member %q; check its spelling, case counts", name)}
			}
			continue
		}
		field, err := fieldAt(rv, index)
		if err != nil {
			return mismatch(m, rv, err)
		}
		if err := d.value(m, field); err != nil {
			return err
		}
	}
	return nil
}
