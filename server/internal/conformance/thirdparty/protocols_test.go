package thirdparty

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"net"
	"net/http"
	"strings"

	"connectrpc.com/connect"
	coder "github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// text is the message of the services.
type text = wrapperspb.StringValue

func connectServices() http.Handler {
	m := http.NewServeMux()
	m.Handle("/s/Unary", connect.NewUnaryHandler("/s/Unary",
		func(_ context.Context, req *connect.Request[text]) (*connect.Response[text], error) {
			if req.Msg.Value == "" {
				return nil, connect.NewError(connect.CodeInvalidArgument, errors.New("empty"))
			}
			resp := connect.NewResponse(wrapperspb.String(strings.ToUpper(req.Msg.Value)))
			resp.Trailer().Set("Behind", "it")
			return resp, nil
		}))
	m.Handle("/s/Down", connect.NewServerStreamHandler("/s/Down",
		func(_ context.Context, req *connect.Request[text], to *connect.ServerStream[text]) error {
			for _, word := range strings.Fields(req.Msg.Value) {
				if err := to.Send(wrapperspb.String(word)); err != nil {
					return err
				}
			}
			return connect.NewError(connect.CodeDataLoss, errors.New("at the end"))
		}))
	m.Handle("/s/Up", connect.NewClientStreamHandler("/s/Up",
		func(_ context.Context, from *connect.ClientStream[text]) (*connect.Response[text], error) {
			all := ""
			for from.Receive() {
				all += from.Msg().Value
			}
			return connect.NewResponse(wrapperspb.String(all)), from.Err()
		}))
	return m
}

func askConnect(c *client) {
	newClient := func(name string, options ...connect.ClientOption) *connect.Client[text, text] {
		return connect.NewClient[text, text](http.DefaultClient, "http://"+c.addr+"/s/"+name, options...)
	}
	for _, option := range []connect.ClientOption{connect.WithProtoJSON(), connect.WithGRPCWeb(), connect.WithSendGzip()} {
		for _, message := range []string{"", long} {
			resp, err := newClient("Unary", option).CallUnary(c.ctx, connect.NewRequest(wrapperspb.String(message)))
			if c.check(err) {
				c.see(resp.Msg.Value, resp.Trailer().Get("Behind"))
			}
		}
		down, err := newClient("Down", option).CallServerStream(c.ctx, connect.NewRequest(wrapperspb.String(long)))
		if c.check(err) {
			for down.Receive() {
				c.see(down.Msg().Value)
			}
			c.check(down.Err())
			c.check(down.Close())
		}
		up := newClient("Up", option).CallClientStream(c.ctx)
		for i := range 10 {
			c.check(up.Send(wrapperspb.String(fmt.Sprint(i))))
		}
		if resp, err := up.CloseAndReceive(); c.check(err) {
			c.see(resp.Msg.Value)
		}
	}
}

// coderEcho sends every message back.
func coderEcho(w http.ResponseWriter, r *http.Request) {
	ws, err := coder.Accept(w, r, &coder.AcceptOptions{Subprotocols: []string{"echo"}, CompressionMode: coder.CompressionContextTakeover})
	if err != nil {
		return
	}
	defer ws.CloseNow()
	ws.SetReadLimit(-1)
	for {
		kind, message, err := ws.Read(r.Context())
		if err != nil || ws.Write(r.Context(), kind, message) != nil {
			return
		}
	}
}

// messages are what the clients of WebSockets send.
var messages = []string{"", "hello", strings.Repeat(long, 1<<14)}

func askCoder(c *client) {
	for _, mode := range []coder.CompressionMode{coder.CompressionDisabled, coder.CompressionContextTakeover} {
		ws, resp, err := coder.Dial(c.ctx, "ws://"+c.addr, &coder.DialOptions{Subprotocols: []string{"echo"}, CompressionMode: mode})
		if !c.check(err) {
			return
		}
		c.see(resp.Status, ws.Subprotocol())
		ws.SetReadLimit(-1)
		for _, m := range messages {
			c.check(ws.Write(c.ctx, coder.MessageText, []byte(m)))
			kind, got, err := ws.Read(c.ctx)
			c.see(kind.String(), sum(got))
			c.check(err)
		}
		c.check(ws.Close(coder.StatusNormalClosure, "done"))
	}
	c.get("/")
}

func sum(b []byte) string { return fmt.Sprintf("%d bytes, %08x", len(b), crc32.ChecksumIEEE(b)) }

// gorillaEcho sends every message back.
func gorillaEcho(w http.ResponseWriter, r *http.Request) {
	upgrader := gorilla.Upgrader{EnableCompression: true, ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer ws.Close()
	for {
		kind, message, err := ws.ReadMessage()
		if err != nil || ws.WriteMessage(kind, message) != nil {
			return
		}
	}
}

func askGorilla(c *client) {
	for _, compress := range []bool{false, true} {
		ws, resp, err := (&gorilla.Dialer{EnableCompression: compress}).DialContext(c.ctx, "ws://"+c.addr, nil)
		if !c.check(err) {
			return
		}
		c.see(resp.Status)
		ws.SetPongHandler(func(s string) error { c.see("pong", s); return nil })
		c.check(ws.WriteMessage(gorilla.PingMessage, []byte("ping")))
		for _, m := range messages {
			c.check(ws.WriteMessage(gorilla.BinaryMessage, []byte(m)))
			_, got, err := ws.ReadMessage()
			c.see(sum(got))
			c.check(err)
		}
		c.check(ws.WriteMessage(gorilla.CloseMessage, gorilla.FormatCloseMessage(gorilla.CloseNormalClosure, "done")))
		_, _, err = ws.ReadMessage()
		c.see(err.Error())
		c.check(ws.Close())
	}
	c.get("/")
}

// frameAtOnce sends the first frame after the handshake, before its answer.
// The upgrader says in its documentation that it refuses that.
func frameAtOnce(c *client) {
	nc, err := new(net.Dialer).DialContext(c.ctx, "tcp", c.addr)
	if !c.check(err) {
		return
	}
	defer nc.Close()
	fmt.Fprintf(nc, "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\x85\x00\x00\x00\x00hello\x88\x80\x00\x00\x00\x00")
	resp, err := http.ReadResponse(bufio.NewReader(nc), nil)
	if c.check(err) {
		c.see(resp.Status)
	}
}

var protocolExchanges = []exchange{
	{"connect", connectServices(), askConnect},
	{"coder/websocket", http.HandlerFunc(coderEcho), askCoder},
	{"gorilla/websocket", http.HandlerFunc(gorillaEcho), askGorilla},
	{"gorilla/websocket: a frame at once", http.HandlerFunc(gorillaEcho), frameAtOnce},
	{"coder/websocket: a frame at once", http.HandlerFunc(coderEcho), frameAtOnce},
}
