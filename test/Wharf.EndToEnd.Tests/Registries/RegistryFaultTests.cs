using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Registries;

/// <summary>Our registry when it is killed, and when its disk is full.</summary>
public sealed class RegistryFaultTests
{
    [Fact]
    public async Task Kill_InTheMiddleOfAnUpload_LosesNothingThatWasWritten()
    {
        using var registry = new RegistryProcess();
        byte[] content = RandomNumberGenerator.GetBytes(6 << 20);
        string digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
        using var http = new HttpClient { BaseAddress = new Uri($"http://{registry.Host}") };
        using HttpResponseMessage begun = await http.PostAsync("/v2/a/blobs/uploads/", null);
        string location = begun.Headers.Location!.ToString();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, registry.Port);
            NetworkStream stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"PATCH {location} HTTP/1.1\r\nHost: x\r\nContent-Length: {content.Length}\r\n\r\n"));
            await stream.WriteAsync(content.AsMemory(0, 4 << 20));
            for (int i = 0; i < 200 && Written(registry) < 2 << 20; i++)
            {
                await Task.Delay(25);
            }

            registry.Kill();
        }

        registry.Start();
        using HttpResponseMessage status = await http.GetAsync(location);
        int have = int.Parse(status.Headers.GetValues("Range").Single().Split('-')[1]) + 1;
        Assert.InRange(have, 2 << 20, 4 << 20);
        using var rest = new HttpRequestMessage(HttpMethod.Put, $"{location}?digest={digest}") { Content = new ByteArrayContent(content, have, content.Length - have) };
        rest.Content.Headers.TryAddWithoutValidation("Content-Range", $"{have}-{content.Length - 1}");
        using HttpResponseMessage closed = await http.SendAsync(rest);
        Assert.Equal(HttpStatusCode.Created, closed.StatusCode);
        Assert.Equal(content, await http.GetByteArrayAsync($"/v2/a/blobs/{digest}"));
    }

    [Fact]
    public async Task Kill_WhilePushing_LeavesEveryAcknowledgedImageWhole()
    {
        using var registry = new RegistryProcess();
        var acknowledged = new List<(string Tag, string Layer)>();
        for (int round = 0; round < 3; round++)
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://{registry.Host}") };
            Task pushing = Task.Run(async () =>
            {
                for (int i = 0; ; i++)
                {
                    string tag = $"r{round}-{i}", layer = await PushAsync(http, tag);
                    acknowledged.Add((tag, layer));
                }
            });
            await Task.Delay(700);
            registry.Kill();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => pushing);
            registry.Start();
        }

        Assert.NotEmpty(acknowledged);
        using var reader = new HttpClient { BaseAddress = new Uri($"http://{registry.Host}") };
        foreach ((string tag, string layer) in acknowledged)
        {
            Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync($"/v2/a/manifests/{tag}")).StatusCode);
            byte[] content = await reader.GetByteArrayAsync($"/v2/a/blobs/{layer}");
            Assert.Equal(layer, "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content)));
        }
    }

    [Fact]
    public async Task FullDisk_RefusesWithAReason_AndGoesOnWhenThereIsRoom()
    {
        string mount = Directory.CreateTempSubdirectory("wharf-e2e-full-").FullName;
        Command.Run("mount", ["-t", "tmpfs", "-o", "size=8m", "wharf-e2e", mount]).Ok();
        try
        {
            using var registry = new RegistryProcess(null, "--root", mount);
            using var http = new HttpClient { BaseAddress = new Uri($"http://{registry.Host}") };
            string before = await PushAsync(http, "before");
            byte[] large = RandomNumberGenerator.GetBytes(12 << 20);
            string digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(large));
            using HttpResponseMessage refused = await http.PostAsync($"/v2/a/blobs/uploads/?digest={digest}", new ByteArrayContent(large));
            Assert.Equal(HttpStatusCode.InsufficientStorage, refused.StatusCode);
            Assert.Contains("no space left on device", await refused.Content.ReadAsStringAsync());
            Assert.Empty(Directory.GetDirectories(Path.Combine(mount, "uploads")));
            await PushAsync(http, "after");
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"/v2/a/blobs/{before}")).StatusCode);
        }
        finally
        {
            Command.Run("umount", [mount]);
            Directory.Delete(mount, recursive: true);
        }
    }

    private static async Task<string> PushAsync(HttpClient http, string tag)
    {
        byte[] config = "{}"u8.ToArray(), layer = Encoding.ASCII.GetBytes($"layer of {tag} {new string('x', 50_000)}");
        string[] digests = [.. new[] { config, layer }.Select(c => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(c)))];
        foreach ((byte[] content, string digest) in new[] { (config, digests[0]), (layer, digests[1]) })
        {
            using HttpResponseMessage put = await http.PostAsync($"/v2/a/blobs/uploads/?digest={digest}", new ByteArrayContent(content));
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        }

        string manifest = $$$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{{digests[0]}}}","size":2},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{{digests[1]}}}","size":{{{layer.Length}}}}]}""";
        var body = new StringContent(manifest);
        body.Headers.ContentType = new("application/vnd.oci.image.manifest.v1+json");
        using HttpResponseMessage tagged = await http.PutAsync($"/v2/a/manifests/{tag}", body);
        Assert.Equal(HttpStatusCode.Created, tagged.StatusCode);
        return digests[1];
    }

    private static long Written(RegistryProcess registry) =>
        Directory.GetFiles(Path.Combine(registry.Store, "uploads"), "data", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
}
