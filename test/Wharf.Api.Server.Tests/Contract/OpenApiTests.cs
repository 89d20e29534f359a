using Wharf.Api.Server.Routing;
using Wharf.Api.Versions;

namespace Wharf.Api.Server.Tests.Contract;

/// <summary>The route table against the documented endpoints of Engine API 1.55 (one "METHOD path" a line, taken from its OpenAPI document).</summary>
public sealed class OpenApiTests
{
    public static TheoryData<string> Documented()
    {
        using Stream data = typeof(OpenApiTests).Assembly.GetManifestResourceStream("openapi-1.55.txt")!;
        using var reader = new StreamReader(data);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    [Theory]
    [MemberData(nameof(Documented))]
    public void DocumentedEndpoint_IsServed(string endpoint)
    {
        string[] parts = endpoint.Split(' ');
        string path = parts[1].Replace("{id}", "abc", StringComparison.Ordinal).Replace("{name}", "host:5000/some/name", StringComparison.Ordinal);
        bool slashes = path.Contains("host:", StringComparison.Ordinal) && !parts[1].StartsWith("/containers", StringComparison.Ordinal);
        Route? route = FakeEngine.Routes().Find(parts[0], path.TrimStart('/').Split('/'), ApiVersion.Newest, out _);
        Assert.NotNull(route);
        Assert.Equal(Normal(parts[1]), Normal(route.Template));
        Assert.True(!slashes || route.Template.Contains("...", StringComparison.Ordinal));
    }

    [Fact]
    public void Table_HasNoTwoRoutesForOneEndpoint()
    {
        IEnumerable<string> all = FakeEngine.Routes().Routes.Select(route => $"{route.Method} {Normal(route.Template)}");
        Assert.Empty(all.GroupBy(text => text).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    private static string Normal(string template) =>
        string.Join('/', template.Split('/').Select(part => part.StartsWith('{') ? "{}" : part));
}
