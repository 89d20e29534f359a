using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wharf.Images.Tests.Interoperation;

/// <summary>The registry that Debian packages, on a free port of the loopback, with a store of its own.</summary>
internal sealed class DebianRegistry : IDisposable
{
    private const string Program = "/usr/bin/docker-registry";
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-registry-").FullName;
    private Process? _process;

    private DebianRegistry()
    {
    }

    public int Port { get; private set; }

    public string Host => $"127.0.0.1:{Port}";

    /// <summary>PEM of the authority, with TLS.</summary>
    public string? Authority { get; private set; }

    /// <param name="htpasswd">Lines of bcrypt users, or null.</param>
    /// <param name="tls">Speak TLS with a certificate of an authority of its own.</param>
    public static async Task<DebianRegistry> StartAsync(string? htpasswd = null, bool tls = false)
    {
        Assert.SkipUnless(File.Exists(Program), "docker-registry is not installed");
        var registry = new DebianRegistry();
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            registry.Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        string config = $"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {registry._folder}/store}}, delete: {{enabled: true}}}}\nhttp:\n  addr: 127.0.0.1:{registry.Port}\n";
        if (tls)
        {
            registry.MakeCertificates();
            config += $"  tls: {{certificate: {registry._folder}/server.crt, key: {registry._folder}/server.key}}\n";
        }

        if (htpasswd is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(registry._folder, "htpasswd"), htpasswd);
            config += $"auth: {{htpasswd: {{realm: test, path: {registry._folder}/htpasswd}}}}\n";
        }

        string path = Path.Combine(registry._folder, "config.yml");
        await File.WriteAllTextAsync(path, config);
        registry._process = Process.Start(new ProcessStartInfo(Program, ["serve", path]) { RedirectStandardError = true, RedirectStandardOutput = true });
        registry._process!.BeginErrorReadLine();
        registry._process.BeginOutputReadLine();
        await registry.WaitAsync();
        return registry;
    }

    public void Dispose()
    {
        if (_process is not null)
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task WaitAsync()
    {
        for (int i = 0; i < 400; i++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }

        throw new TimeoutException("docker-registry does not answer");
    }

    private void MakeCertificates()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=test authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 root = authority.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 leaf = request.Create(root, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddHours(12), [1, 2, 3]);
        File.WriteAllText(Path.Combine(_folder, "server.crt"), leaf.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "server.key"), key.ExportPkcs8PrivateKeyPem());
        Authority = root.ExportCertificatePem();
    }
}
