using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Wharf.Primitives;
using Wharf.Registry.Notifications;
using Wharf.Registry.Tests.Hosting;
using Wharf.Registry.Tests.Upstream;
using static Wharf.Registry.Tests.Hosting.TestRegistry;

namespace Wharf.Registry.Tests.Notifications;

public sealed class WebhookTests
{
    [Fact]
    public async Task Listener_ThatFailsAtFirst_GetsEveryEventInOrder()
    {
        using var listener = new HttpListener();
        string address = PullThroughTests.FreeAddress();
        listener.Prefixes.Add(address);
        listener.Start();
        var events = new ConcurrentQueue<JsonNode>();
        int calls = 0;
        _ = Task.Run(async () =>
        {
            while (listener.IsListening)
            {
                HttpListenerContext context = await listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                JsonNode body = JsonNode.Parse(await reader.ReadToEndAsync())!;
                bool fail = Interlocked.Increment(ref calls) <= 2;
                if (!fail)
                {
                    Assert.Equal("application/vnd.docker.distribution.events.v2+json", context.Request.ContentType);
                    Assert.Equal("yes", context.Request.Headers["X-Key"]);
                    events.Enqueue(body["events"]![0]!.DeepClone());
                }

                context.Response.StatusCode = fail ? 500 : 200;
                context.Response.Close();
            }
        });
        await using TestRegistry registry = await StartAsync(o => o with
        {
            Webhooks = [new WebhookTarget { Address = new Uri(address), Headers = [KeyValuePair.Create("X-Key", "yes")], IgnoredMediaTypes = ["application/octet-stream"] }],
        });
        (Digest digest, _) = await registry.PushImageAsync("team/app", "v1");
        await registry.SendAsync("GET", "/v2/team/app/manifests/v1");
        await registry.SendAsync("DELETE", $"/v2/team/app/manifests/{digest}");
        for (int i = 0; i < 200 && events.Count < 3; i++)
        {
            await Task.Delay(50);
        }

        Assert.Equal(["push", "pull", "delete"], events.Select(e => (string)e["action"]!));
        JsonNode push = events.First();
        Assert.Equal(("team/app", "v1", digest.ToString()), ((string)push["target"]!["repository"]!, (string)push["target"]!["tag"]!, (string)push["target"]!["digest"]!));
        Assert.Equal("PUT", (string)push["request"]!["method"]!);
        Assert.NotNull(push["source"]!["instanceID"]);
        listener.Stop();
    }

    [Fact]
    public async Task Listener_ThatIsDown_StopsNoPush()
    {
        await using TestRegistry registry = await StartAsync(o => o with
        {
            DebugAddress = "127.0.0.1:0",
            Webhooks = [new WebhookTarget { Address = new Uri(PullThroughTests.FreeAddress()) }],
        });
        for (int i = 0; i < 400; i++)
        {
            await registry.PushBlobAsync("a", System.Text.Encoding.UTF8.GetBytes($"blob {i}"));
            await registry.PushBlobAsync("b", System.Text.Encoding.UTF8.GetBytes($"blob {i}"));
            await registry.PushBlobAsync("c", System.Text.Encoding.UTF8.GetBytes($"blob {i}"));
        }

        using HttpResponseMessage metrics = await registry.SendAsync("GET", registry.Host.DebugAddress + "/metrics");
        string page = await metrics.Content.ReadAsStringAsync();
        long dropped = long.Parse(page.Split('\n').Single(l => l.StartsWith("registry_webhooks_dropped_total ", StringComparison.Ordinal)).Split(' ')[1]);
        Assert.InRange(dropped, 190, 200);
        Assert.Contains("registry_http_requests_total{method=\"POST\",handler=\"uploads\",code=\"201\"} 1200", page);
        Assert.Contains("registry_actions_total{action=\"push\"} 1200", page);
        Assert.Contains("registry_repositories 0", page);
    }
}
