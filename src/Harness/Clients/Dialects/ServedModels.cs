using Gdn.Harness.Clients.Http;
using Gdn.Reference;

namespace Gdn.Harness.Clients.Dialects;

/// <summary>The models that a server lists, and which of them is meant.</summary>
/// <param name="names">Their names.</param>
/// <param name="loaded">Those of them that the server says are loaded.</param>
internal sealed class ServedModels(IReadOnlyList<string> names, IReadOnlyList<string> loaded)
{
    private const int NamesShown = 20;

    // What ollama adds to a name without one.
    private const string UsualTag = ":latest";

    /// <summary>Whether there are several.</summary>
    public bool AreSeveral => names.Count > 1;

    /// <summary>Reads OpenAI's list. Names of one and the same model count once.</summary>
    public static ServedModels Of(IReadOnlyList<AnswerJson> entries)
    {
        (string Name, bool Loaded, string Root)[] models =
        [
            .. entries.Select(entry =>
            {
                string name = entry.Required("id").Text();
                return (name, IsLoaded(entry), entry["root"] is { IsText: true } root ? root.Text() : name);
            }).DistinctBy(model => model.Item3),
        ];
        return new ServedModels(
            [.. models.Select(model => model.Name)], [.. models.Where(model => model.Loaded).Select(model => model.Name)]);
    }

    /// <summary>The lists of ollama: what it has, and what is loaded.</summary>
    public static ServedModels OfOllama(AnswerJson has, AnswerJson? runs)
    {
        return new ServedModels(Names(has), runs is { } list ? Names(list) : []);

        static string[] Names(AnswerJson list) =>
            [.. list["models"]?.Items().Select(model => model.Required("name").Text()) ?? []];
    }

    /// <summary>The model that is meant; null where the server lists none and none is named.</summary>
    /// <param name="named">The one that the user named, or null.</param>
    /// <exception cref="InputException">It is not listed, or none is named and there are several.</exception>
    public string? Choose(string? named)
    {
        string list = string.Join(", ", names.Take(NamesShown)) + (names.Count > NamesShown ? ", ..." : "");
        if (named is not null)
            return names.Count == 0 || names.Contains(named) || names.Contains(named + UsualTag)
                ? named
                : throw new InputException("--served-model", $"the server has no '{named}'", $"use one of {list}");
        return names switch
        {
            [] => null,
            [var only] => only,
            _ when loaded is [var one] => one,
            _ => throw new InputException(
                "--server", $"it serves {names.Count} models: {list}", "name the one to judge with --served-model"),
        };
    }

    // A router of llama.cpp has an object with a value, others a word.
    private static bool IsLoaded(AnswerJson entry)
    {
        AnswerJson? state = entry["status"] is { IsObject: true } status ? status["value"] : entry["status"] ?? entry["state"];
        return state is { IsText: true } word && word.Text() == "loaded";
    }
}
