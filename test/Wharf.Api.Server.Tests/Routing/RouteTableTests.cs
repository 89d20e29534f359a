using Wharf.Api.Server.Routing;
using Wharf.Api.Versions;

namespace Wharf.Api.Server.Tests.Routing;

public sealed class RouteTableTests
{
    private static readonly RouteTable Table = new(
    [
        Route.Get("/images/{name...}/json", Nothing),
        Route.Get("/images/{name...}/get", Nothing),
        Route.Get("/images/get", Nothing),
        Route.Get("/images/json", Nothing),
        Route.Delete("/images/{name...}", Nothing),
        Route.Get("/containers/{id}/json", Nothing),
        Route.Get("/new/{id}", Nothing, "1.44"),
    ]);

    private static Task Nothing(ApiCall call) => Task.CompletedTask;

    [Theory]
    [InlineData("GET", "images/json", "/images/json", null)]
    [InlineData("GET", "images/get", "/images/get", null)]
    [InlineData("GET", "images/busybox/json", "/images/{name...}/json", "busybox")]
    [InlineData("GET", "images/host:5000/a/b:tag/json", "/images/{name...}/json", "host:5000/a/b:tag")]
    [InlineData("GET", "images/json/json", "/images/{name...}/json", "json")]
    [InlineData("GET", "images/a%2Fb/json", "/images/{name...}/json", "a/b")]
    [InlineData("DELETE", "images/a/b/json", "/images/{name...}", "a/b/json")]
    public void Find_Path_GivesTheMostParticularRoute(string method, string path, string template, string? name)
    {
        Route? route = Table.Find(method, path.Split('/'), ApiVersion.Newest, out RouteValues values);
        Assert.Equal(template, route?.Template);
        if (name is not null)
        {
            Assert.Equal(name, values["name"]);
        }
    }

    [Theory]
    [InlineData("GET", "images")]
    [InlineData("POST", "images/json")]
    [InlineData("GET", "containers/a/b/json")]
    [InlineData("GET", "containers//json")]
    [InlineData("GET", "images//json")]
    [InlineData("GET", "")]
    public void Find_UnknownPath_GivesNothing(string method, string path) =>
        Assert.Null(Table.Find(method, path.Split('/'), ApiVersion.Newest, out _));

    [Theory]
    [InlineData(1, 43, false)]
    [InlineData(1, 44, true)]
    public void Find_RouteNewerThanClient_IsNotThere(int major, int minor, bool there) =>
        Assert.Equal(there, Table.Find("GET", ["new", "x"], new ApiVersion(major, minor), out _) is not null);
}
