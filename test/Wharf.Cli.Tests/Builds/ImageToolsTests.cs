using System.Text;
using Wharf.Cli.Builds;
using Wharf.Primitives;

namespace Wharf.Cli.Tests.Builds;

public sealed class ImageToolsTests
{
    private const string Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public void Index_IsToldAsBuildxDoes()
    {
        byte[] index = Encoding.UTF8.GetBytes($$$"""
            {"manifests":[
              {"mediaType":"m1","digest":"sha256:{{{Hex}}}","size":1,"platform":{"os":"linux","architecture":"arm","variant":"v7"}},
              {"mediaType":"m2","digest":"sha256:{{{Hex}}}","size":1,"annotations":{"b":"2","a":"1"}}]}
            """);
        string text = ImageToolsCommand.Describe(ImageReference.Parse("alpine:3"), "index", index, Digest.Parse("sha256:" + Hex));
        Assert.Equal($"""
            Name:      docker.io/library/alpine:3
            MediaType: index
            Digest:    sha256:{Hex}
            {new string(' ', 11)}
            Manifests: 
              Name:        docker.io/library/alpine@sha256:{Hex}
              MediaType:   m1
              Platform:    linux/arm/v7
            {new string(' ', 15)}
              Name:        docker.io/library/alpine@sha256:{Hex}
              MediaType:   m2
              Annotations: 
                a: 1
                b: 2
            {new string(' ', 15)}

            """, text);
    }

    [Fact]
    public void Manifest_IsToldShortly() => Assert.Equal($"Name:      docker.io/library/a:latest\nMediaType: m\nDigest:    sha256:{Hex}\n",
        ImageToolsCommand.Describe(ImageReference.Parse("a").WithDefaultTag(), "m", "{\"config\":{}}"u8.ToArray(), Digest.Parse("sha256:" + Hex)));

    [Theory]
    [InlineData("/d", "/d", null, null)]
    [InlineData("/d:t", "/d", "t", null)]
    [InlineData("/a:b/d", "/a:b/d", null, null)]
    [InlineData("/d@sha256:1", "/d", null, "sha256:1")]
    public void LayoutAddress_IsFolderTagAndDigest(string text, string folder, string? tag, string? digest) => Assert.Equal((folder, tag, digest), LayoutContexts.Parse(text));
}
