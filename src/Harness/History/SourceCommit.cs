namespace Gdn.Harness.History;

/// <summary>The commit of the sources that are worked on: what a run judges, where the engine is built from them.</summary>
internal static class SourceCommit
{
    // What CI systems set: GitHub's, GitLab's.
    private static readonly string[] Variables = ["GITHUB_SHA", "CI_COMMIT_SHA"];

    /// <summary>The commit of a folder, or of the CI system's checkout; null outside a repository.</summary>
    public static string? Of(string folder)
    {
        if (Variables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value)) is { } given) return given;
        try
        {
            for (string? at = Path.GetFullPath(folder); at is not null; at = Path.GetDirectoryName(at))
                if (GitFolder(Path.Combine(at, ".git")) is { } git) return Head(git);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then it is not known.
        }

        return null;
    }

    // A work tree beside the repository has a file that points to its folder.
    private static string? GitFolder(string path) => Directory.Exists(path) ? path
        : File.Exists(path) && File.ReadAllText(path).Trim().Split("gitdir: ") is ["", var folder]
            ? Path.GetFullPath(folder, Path.GetDirectoryName(path)!)
            : null;

    private static string? Head(string git)
    {
        string head = File.ReadAllText(Path.Combine(git, "HEAD")).Trim();
        if (head.Split("ref: ") is not ["", var name]) return head;
        string common = Path.Combine(git, "commondir");
        if (File.Exists(common)) git = Path.GetFullPath(File.ReadAllText(common).Trim(), git);
        string loose = Path.Combine(git, name), packed = Path.Combine(git, "packed-refs");
        if (File.Exists(loose)) return File.ReadAllText(loose).Trim();
        return !File.Exists(packed) ? null : File.ReadLines(packed)
            .Select(line => line.Split(' ')).Where(words => words is [_, var other] && other == name).Select(words => words[0]).FirstOrDefault();
    }
}
