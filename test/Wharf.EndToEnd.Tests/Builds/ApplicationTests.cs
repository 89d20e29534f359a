using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Scenario S5.11: real applications, installed from Debian packages inside the build, and run.</summary>
public sealed class ApplicationTests : BuildTest
{
    private const int PatienceSeconds = 600;

    private const string Install = """
        FROM debian
        ARG MIRROR
        RUN rm -rf /etc/apt/sources.list.d/* && echo "deb [trusted=yes] $MIRROR ./" > /etc/apt/sources.list \
            && apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends

        """;

    public ApplicationTests(SharedEngine shared)
        : base(shared) => Engine.Load("debian");

    [Fact]
    public void Apache_ServesThePageOfTheContext()
    {
        string image = Built(Client.Docker, "apache2", "apache2", """
            COPY site/ /var/www/html/
            EXPOSE 80
            STOPSIGNAL SIGWINCH
            CMD ["sh", "-c", ". /etc/apache2/envvars && mkdir -p $APACHE_RUN_DIR && exec apache2 -D FOREGROUND"]
            """, f => f.Write("site/index.html", "<p>served by apache</p>"));
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, image).Ok();
        Assert.Contains("served by apache", Page(name, 80));
        Engine.RunWith(Client.Docker, null, 120, "stop", "-t", "60", name).Ok();
        Assert.Equal("0", Inspect(name, "{{.State.ExitCode}}"));
    }

    [Fact]
    public void Flask_AnswersAsItsUser()
    {
        string image = Built(Client.Wharf, "flask", "python3-flask", """
            RUN useradd --create-home app
            WORKDIR /home/app
            COPY --chown=app app.py .
            USER app
            ENV FLASK_APP=app.py
            ENTRYPOINT ["python3", "-m", "flask", "run", "--host=0.0.0.0"]
            CMD ["--port=5000"]
            """, f => f.Write("app.py", "import getpass, os\nfrom flask import Flask\napp = Flask(__name__)\n@app.route('/<name>')\ndef hello(name):\n    return f'{name} from {getpass.getuser()} in {os.getcwd()}'\n"));
        string name = NewName();
        Run(Client.Wharf, "run", "-d", "--name", name, image).Ok();
        Assert.Contains("hello from app in /home/app", Page(name, 5000, "hello"));
    }

    [Fact]
    public void NodeAndRedis_CountTogether()
    {
        string redis = Built(Client.Docker, "redis", "redis-server", """
            VOLUME /data
            WORKDIR /data
            USER redis
            EXPOSE 6379
            HEALTHCHECK --interval=1s CMD redis-cli ping
            CMD ["redis-server", "--bind", "0.0.0.0", "--protected-mode", "no", "--dir", "/tmp"]
            """, _ => { });
        string node = Built(Client.Wharf, "node", "nodejs node-redis", """
            WORKDIR /app
            COPY server.js .
            ENV NODE_PATH=/usr/share/nodejs
            CMD ["node", "server.js"]
            """, f => f.Write("server.js", """
            const redis = require('redis'), http = require('http');
            const client = redis.createClient({ url: 'redis://store:6379' });
            client.on('error', () => {});
            client.connect().then(() => http.createServer(async (_, answer) => answer.end('visit ' + await client.incr('visits'))).listen(3000));
            """));
        string store = NewName(), app = NewName(), network = "n" + store;
        Run(Client.Docker, "network", "create", network).Ok();
        try
        {
            Run(Client.Docker, "run", "-d", "--name", store, "--network", network, "--network-alias", "store", redis).Ok();
            Run(Client.Docker, "run", "-d", "--name", app, "--network", network, node).Ok();
            Assert.Contains("visit 1", Page(app, 3000));
            Assert.Contains("visit 2", Page(app, 3000));
            Eventually(() => Inspect(store, "{{.State.Health.Status}}") == "healthy", "redis is healthy");
        }
        finally
        {
            Run(Client.Docker, "rm", "-f", "-v", store, app);
            Run(Client.Docker, "network", "rm", network);
        }
    }

    private string Built(Client client, string name, string packages, string rest, Action<BuildFolder> fill)
    {
        var made = Command.Run(Path.Combine(Repository.Root, "test", "images", "repository.sh"), [name, .. packages.Split(' ')], timeoutSeconds: 900);
        Assert.True(made.ExitCode == 0, made.ToString());
        using var mirror = new HttpServer(Engine, made.Text);
        using var folder = new BuildFolder($"{Install.TrimEnd('\n')} {packages}\n{rest}\n");
        fill(folder);
        string image = NewImage();
        Engine.RunWith(client, null, PatienceSeconds, "build", "--network", "host", "--build-arg", "MIRROR=" + mirror.Address, "-t", image, folder.Path).Ok();
        return image;
    }

    /// <summary>What the container answers once it does.</summary>
    private string Page(string container, int port, string path = "")
    {
        string address = Inspect(container, "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}");
        CommandResult? answer = null;
        Patience.Until(() => (answer = Engine.OnHost("curl", "-sf", "-m", "10", $"http://{address}:{port}/{path}")).ExitCode == 0, $"{container} answers");
        return answer!.Out;
    }
}
