package standin

import (
	"cmp"
	"context"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"reflect"
)

// give sets the fields of millpond that the original has set and that have the
// same name and type.
func (s *Server) give() {
	from, to := reflect.ValueOf(s.original).Elem(), reflect.ValueOf(&s.millpond).Elem()
	for field, value := range from.Fields() {
		if !field.IsExported() || value.IsZero() {
			continue
		}
		if same := to.FieldByName(field.Name); same.IsValid() && value.Type() == same.Type() {
			same.Set(value)
		}
	}
	s.giveDefaults()
	s.giveConnState()
	s.giveErrorLog()
	if base := s.original.BaseContext; base != nil {
		s.millpond.BaseContext = func(net.Listener) context.Context { return base(s.lastListener()) }
	}
}

// giveDefaults says in millpond's terms what zero means to net/http: where the
// two differ in nothing but the default, that is no difference in behaviour. It
// keeps neither bodies nor responses for slow clients.
func (s *Server) giveDefaults() {
	m, read := &s.millpond, cmp.Or(max(s.original.ReadTimeout, 0), -1)
	m.ReadHeaderTimeout = cmp.Or(m.ReadHeaderTimeout, read)
	m.IdleTimeout = cmp.Or(m.IdleTimeout, read)
	m.MaxHeaderBytes = cmp.Or(m.MaxHeaderBytes, http.DefaultMaxHeaderBytes)
	m.MaxBodyBytes, m.MinRate = -1, -1
	if os.Getenv(ModelVar) != buffered {
		m.BodyBuffer, m.WriteBuffer = -1, -1
	}
}

// lastListener is the listener as the test made it.
func (s *Server) lastListener() net.Listener {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listener
}

// knowsStates reports whether millpond has ConnState.
func (s *Server) knowsStates() bool { return s.field("ConnState").IsValid() }

func (s *Server) field(name string) reflect.Value {
	return reflect.ValueOf(&s.millpond).Elem().FieldByName(name)
}

// giveConnState follows the connections for the test, too.
func (s *Server) giveConnState() {
	if !s.knowsStates() {
		return
	}
	next := s.original.ConnState
	s.field("ConnState").Set(reflect.ValueOf(func(c net.Conn, to http.ConnState) {
		s.note(c, to)
		if next != nil {
			next(c, to)
		}
	}))
}

// giveErrorLog writes to the log of the test what a millpond that logs with
// slog says.
func (s *Server) giveErrorLog() {
	field := s.field("ErrorLog")
	if field.Type() != reflect.TypeFor[*slog.Logger]() {
		return
	}
	to := s.original.ErrorLog
	if to == nil {
		to = log.Default()
	}
	field.Set(reflect.ValueOf(slog.New(slog.NewTextHandler(printer{to}, nil))))
}

// A printer is a logger as a writer.
type printer struct{ *log.Logger }

func (p printer) Write(b []byte) (int, error) {
	p.Print(string(b))
	return len(b), nil
}
