package ijson

import (
	"errors"
	"reflect"
	"strings"
	"sync"
)

var fieldCache sync.Map // reflect.Type → map[string][]int

// fieldsOf returns the path of each field by its member name. Embedded structs
// without a tag lend their fields; an outer field hides an inner one.
func fieldsOf(t reflect.Type) map[string][]int {
	if m, ok := fieldCache.Load(t); ok {
		return m.(map[string][]int)
	}
	fields := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Tag.Get("json") == "-" || f.Anonymous && tag == "" && embeds(f.Type) {
			continue
		}
		if !f.IsExported() || inNamed(t, f.Index) {
			continue
		}
		if tag == "" {
			tag = f.Name
		}
		if had, ok := fields[tag]; !ok || len(f.Index) < len(had) {
			fields[tag] = f.Index
		}
	}
	fieldCache.Store(t, fields)
	return fields
}

func embeds(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct
}

// inNamed reports whether a promoted field belongs to an embedded struct that
// has a tag of its own, and so is a member, not an extension.
func inNamed(t reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		f := t.Field(i)
		if tag := f.Tag.Get("json"); tag == "-" || tag != "" && !strings.HasPrefix(tag, ",") {
			return true
		}
		t = f.Type
	}
	return false
}

// fieldAt walks to a field, making embedded pointers on the way.
func fieldAt(rv reflect.Value, index []int) (reflect.Value, error) {
	for n, i := range index {
		if n > 0 && rv.Kind() == reflect.Pointer {
			if rv.IsNil() {
				if !rv.CanSet() {
					return rv, errors.New("it is in an embedded pointer to an unexported struct")
				}
				rv.Set(reflect.New(rv.Type().Elem()))
			}
			rv = rv.Elem()
		}
		rv = rv.Field(i)
	}
	return rv, nil
}
