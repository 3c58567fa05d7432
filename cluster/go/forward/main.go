// Command forward carries loopback ports of the host to the node's ports, TCP and UDP, in user space, so that the host
// needs no firewall rule. Each argument is PROTO:LISTEN=TARGET, for example tcp:127.0.0.1:8080=10.77.0.11:80.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	dialTimeout = 5 * time.Second
	udpIdle     = 30 * time.Second
	udpMax      = 65535
)

func main() {
	log.SetFlags(log.LstdFlags | log.LUTC)
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: forward PROTO:LISTEN=TARGET ...")
		os.Exit(2)
	}
	for _, arg := range os.Args[1:] {
		proto, rest, ok1 := strings.Cut(arg, ":")
		listen, target, ok2 := strings.Cut(rest, "=")
		if !ok1 || !ok2 || (proto != "tcp" && proto != "udp") {
			fmt.Fprintf(os.Stderr, "forward: %q is not PROTO:LISTEN=TARGET\n", arg)
			os.Exit(2)
		}
		var err error
		if proto == "tcp" {
			err = forwardTCP(listen, target)
		} else {
			err = forwardUDP(listen, target)
		}
		if err != nil {
			log.Fatalf("forward %s: %v", arg, err)
		}
	}
	select {}
}

func forwardTCP(listen, target string) error {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				log.Printf("accept %s: %v", listen, err)
				time.Sleep(100 * time.Millisecond)
				continue
			}
			go carry(c.(*net.TCPConn), target)
		}
	}()
	return nil
}

// carry copies both ways and hands on half-closes, which HTTP and SMTP clients rely on.
func carry(client *net.TCPConn, target string) {
	defer client.Close()
	c, err := net.DialTimeout("tcp", target, dialTimeout)
	if err != nil {
		return
	}
	server := c.(*net.TCPConn)
	defer server.Close()
	var wg sync.WaitGroup
	half := func(dst, src *net.TCPConn) {
		defer wg.Done()
		_, _ = io.Copy(dst, src)
		_ = dst.CloseWrite()
	}
	wg.Add(2)
	go half(server, client)
	go half(client, server)
	wg.Wait()
}

func forwardUDP(listen, target string) error {
	in, err := net.ListenPacket("udp", listen)
	if err != nil {
		return err
	}
	go func() {
		var mu sync.Mutex
		flows := map[string]net.Conn{}
		buf := make([]byte, udpMax)
		for {
			n, from, err := in.ReadFrom(buf)
			if err != nil {
				continue
			}
			mu.Lock()
			out := flows[from.String()]
			if out == nil {
				if out, err = net.Dial("udp", target); err != nil {
					mu.Unlock()
					continue
				}
				flows[from.String()] = out
				go func(from net.Addr, out net.Conn) {
					reply := make([]byte, udpMax)
					for {
						_ = out.SetReadDeadline(time.Now().Add(udpIdle))
						n, err := out.Read(reply)
						if err != nil {
							break
						}
						_, _ = in.WriteTo(reply[:n], from)
					}
					mu.Lock()
					delete(flows, from.String())
					mu.Unlock()
					_ = out.Close()
				}(from, out)
			}
			mu.Unlock()
			_, _ = out.Write(buf[:n])
		}
	}()
	return nil
}
