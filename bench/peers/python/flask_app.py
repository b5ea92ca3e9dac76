"""Flask with its own threaded server: the app that many put into production as it is."""

import logging

import flask
import werkzeug.serving

import common


def make_app(options):
    app = flask.Flask("peers")

    @app.get("/")
    @app.get("/task")
    def work():
        target = flask.request.full_path.rstrip("?")
        status, iterations, wait, body = common.plan("GET", target, options.burn_per_ms, flask.request.remote_addr)
        common.burn(iterations)
        if wait:
            common.time.sleep(wait)
        return flask.Response(body, status=status, mimetype="text/plain", headers={"X-Content-Type-Options": "nosniff"})

    return app


def main():
    options = common.flags(__doc__)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    # What app.run(threaded=True) does, but with a port that can be told.
    server = werkzeug.serving.make_server(options.host, options.port, make_app(options), threaded=True)
    common.ready("flask", server.socket.getsockname(), options)
    server.serve_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
