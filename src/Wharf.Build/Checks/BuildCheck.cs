namespace Wharf.Build.Checks;

/// <summary>One rule that Dockerfiles are checked by (Docker's manual, "Build checks").</summary>
/// <param name="Name">As it stands in <c># check=skip=NAME</c>.</param>
/// <param name="Description">What the rule asks for.</param>
/// <param name="IsExperimental">Only checked when asked for by <c>experimental=</c>.</param>
public sealed record BuildCheck(string Name, string Description, bool IsExperimental = false)
{
    /// <summary>Where the rule is explained.</summary>
    public string Url => "https://docs.docker.com/go/dockerfile/rule/" + Kebab(Name) + "/";

    private static string Kebab(string name)
    {
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            // "JSONArgs" becomes json-args: a word begins at a capital before a small letter, or after one.
            if (i > 0 && char.IsUpper(name[i]) && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}

/// <summary>All rules.</summary>
public static class BuildChecks
{
    public static readonly BuildCheck ConsistentInstructionCasing = new("ConsistentInstructionCasing", "All commands within the Dockerfile should use the same casing (either upper or lower)");
    public static readonly BuildCheck CopyIgnoredFile = new("CopyIgnoredFile", "Attempting to Copy file that is excluded by .dockerignore", IsExperimental: true);
    public static readonly BuildCheck DuplicateStageName = new("DuplicateStageName", "Stage names should be unique");
    public static readonly BuildCheck ExposeInvalidFormat = new("ExposeInvalidFormat", "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future release");
    public static readonly BuildCheck ExposeProtoCasing = new("ExposeProtoCasing", "Protocol in EXPOSE instruction should be lowercase");
    public static readonly BuildCheck FromAsCasing = new("FromAsCasing", "The 'as' keyword should match the case of the 'from' keyword");
    public static readonly BuildCheck FromPlatformFlagConstDisallowed = new("FromPlatformFlagConstDisallowed", "FROM --platform flag should not use a constant value");
    public static readonly BuildCheck InvalidBaseImagePlatform = new("InvalidBaseImagePlatform", "Base image platform does not match expected target platform");
    public static readonly BuildCheck InvalidDefaultArgInFrom = new("InvalidDefaultArgInFrom", "Default value for global ARG results in an empty or invalid base image name");
    public static readonly BuildCheck InvalidDefinitionDescription = new("InvalidDefinitionDescription", "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not intended to be a description comment, add an empty line or comment between the instruction and the comment.", IsExperimental: true);
    public static readonly BuildCheck JsonArgsRecommended = new("JSONArgsRecommended", "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals");
    public static readonly BuildCheck LegacyKeyValueFormat = new("LegacyKeyValueFormat", "Legacy key/value format with whitespace separator should not be used");
    public static readonly BuildCheck MaintainerDeprecated = new("MaintainerDeprecated", "The MAINTAINER instruction is deprecated, use a label instead to define an image author");
    public static readonly BuildCheck MultipleInstructionsDisallowed = new("MultipleInstructionsDisallowed", "Multiple instructions of the same type should not be used in the same stage");
    public static readonly BuildCheck NoEmptyContinuation = new("NoEmptyContinuation", "Empty continuation lines will become errors in a future release");
    public static readonly BuildCheck RedundantTargetPlatform = new("RedundantTargetPlatform", "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior");
    public static readonly BuildCheck ReservedStageName = new("ReservedStageName", "Reserved words should not be used as stage names");
    public static readonly BuildCheck SecretsUsedInArgOrEnv = new("SecretsUsedInArgOrEnv", "Sensitive data should not be used in the ARG or ENV commands");
    public static readonly BuildCheck StageNameCasing = new("StageNameCasing", "Stage names should be lowercase");
    public static readonly BuildCheck UndefinedArgInFrom = new("UndefinedArgInFrom", "FROM command must use declared ARGs");
    public static readonly BuildCheck UndefinedVar = new("UndefinedVar", "Variables should be defined before their use");
    public static readonly BuildCheck WorkdirRelativePath = new("WorkdirRelativePath", "Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes");

    public static readonly IReadOnlyList<BuildCheck> All =
    [
        ConsistentInstructionCasing, CopyIgnoredFile, DuplicateStageName, ExposeInvalidFormat, ExposeProtoCasing, FromAsCasing, FromPlatformFlagConstDisallowed,
        InvalidBaseImagePlatform, InvalidDefaultArgInFrom, InvalidDefinitionDescription, JsonArgsRecommended, LegacyKeyValueFormat, MaintainerDeprecated,
        MultipleInstructionsDisallowed, NoEmptyContinuation, RedundantTargetPlatform, ReservedStageName, SecretsUsedInArgOrEnv, StageNameCasing, UndefinedArgInFrom,
        UndefinedVar, WorkdirRelativePath,
    ];
}

/// <summary>A rule that a Dockerfile breaks.</summary>
/// <param name="Rule">Which.</param>
/// <param name="Message">What is wrong here.</param>
/// <param name="Lines">The instruction.</param>
/// <param name="Place">The spot within it.</param>
public sealed record CheckWarning(BuildCheck Rule, string Message, Dockerfile.SourceRange Lines, Dockerfile.SourcePlace Place);
