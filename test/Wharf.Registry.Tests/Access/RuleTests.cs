using Wharf.Primitives;
using Wharf.Registry.Access;

namespace Wharf.Registry.Tests.Access;

public sealed class RuleTests
{
    [Theory]
    [InlineData("**", "a/b/c", true)]
    [InlineData("team/*", "team/app", true)]
    [InlineData("team/*", "team/app/x", false)]
    [InlineData("team/**", "team", true)]
    [InlineData("team/**", "team/app/x", true)]
    [InlineData("team/**", "teams/app", false)]
    [InlineData("**/app", "a/b/app", true)]
    [InlineData("te*m/a*", "team/app", true)]
    [InlineData("team", "team/app", false)]
    [InlineData("${user}/**", "bob/app", true)]
    [InlineData("${user}/**", "alice/app", false)]
    public void Pattern_Matches_WholeNames(string pattern, string repository, bool expected) =>
        Assert.Equal(expected, RepositoryPattern.Matches(pattern, repository, "bob"));

    [Theory]
    [InlineData("**")]
    [InlineData("a/../x")]
    [InlineData("")]
    public void Pattern_WithAnOddUser_GivesNothing(string user) => Assert.False(RepositoryPattern.Matches("${user}/**", "alice/app", user));

    [Fact]
    public void Rules_GiveWhatTheySayAndNoMore()
    {
        AccessRules rules = Load("""
            { "rules": [
              { "users": ["anonymous"], "repositories": ["public/**"], "actions": ["pull"] },
              { "users": ["*"], "repositories": ["${user}/**"], "actions": ["pull", "push"] },
              { "users": ["admin"], "repositories": ["**"], "actions": ["*"], "catalog": true }, ] }
            """);
        Assert.True(rules.Allows("", "public/x", "pull"));
        Assert.False(rules.Allows("", "public/x", "push"));
        Assert.False(rules.Allows("bob", "public/x", "pull"));
        Assert.True(rules.Allows("bob", "bob/x", "push"));
        Assert.False(rules.Allows("bob", "bob/x", "delete"));
        Assert.True(rules.Allows("admin", "any/thing", "delete"));
        Assert.True(rules.MayList("admin"));
        Assert.False(rules.MayList("bob"));
        Assert.False(rules.Allows("anonymous", "public/x", "pull"));
    }

    [Theory]
    [InlineData("""{ "rules": [ { "users": ["a"], "repositories": ["x"], "actions": ["write"] } ] }""", "unknown action \"write\"")]
    [InlineData("""{ "rules": [ { "user": ["a"] } ] }""", "user")]
    [InlineData("""{ "rules": [ { "repositories": ["x"] } ] }""", "no users")]
    [InlineData("""{ "rules": """, "access file")]
    public void Rules_WithAMistake_AreRefused(string json, string text) => Assert.Contains(text, Assert.Throws<WharfException>(() => Load(json)).Message);

    private static AccessRules Load(string json)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, json);
            return AccessRules.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
