using System.Text;
using System.Text.Json.Nodes;
using Gdn.Harness;

namespace Gdn.Properties.Fuzzing;

/// <summary>JSON with a few values taken away, doubled, or exchanged for others of any kind; and now and then with broken bytes.</summary>
internal static class JsonMutator
{
    // Stands for what no writer of JSON would write.
    private const string HalfAPair = "half-a-pair";

    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1", "1.5", "64", "65", "2147483647", "2147483648", "1e400", "-0", "18446744073709551616", "\"\"",
        "\"0\"", "\"\\u0663\"", "\"" + HalfAPair + "\"", "\"\\u001b[2J\\n\"", "\"cpu\"", "\"native:/dev/null\"", "\"server:http://127.0.0.1:9\"",
        "\"synth:qwen35:1:tiny\"", "\"/dev/zero\"", "[]", "[null]", "[0]", "{}", "{\"op\":\"clear\",\"sequence\":0}", "[[[[[[]]]]]]",
    ];

    /// <summary>A mutant.</summary>
    public static byte[] Make(byte[] original, SeededRandom random)
    {
        JsonNode root = JsonNode.Parse(original)!;
        for (int n = random.Next(3); n >= 0; n--) Change(root, random);
        byte[] json = Encoding.UTF8.GetBytes(root.ToJsonString().Replace(HalfAPair, @"\ud800", StringComparison.Ordinal));
        return random.Next(5) == 0 ? ChangeBytes(json, random) : json;
    }

    private static void Change(JsonNode root, SeededRandom random)
    {
        // Every place where a value stands, as its parent and what to call it there.
        List<(JsonNode Parent, object Place)> places = [];
        void Collect(JsonNode? node)
        {
            if (node is JsonObject members)
                foreach ((string name, JsonNode? value) in members)
                {
                    places.Add((members, name));
                    Collect(value);
                }

            if (node is JsonArray entries)
                for (int i = 0; i < entries.Count; i++)
                {
                    places.Add((entries, i));
                    Collect(entries[i]);
                }
        }

        Collect(root);
        if (places.Count == 0) return;
        (JsonNode parent, object place) = places[random.Next(places.Count)];
        JsonNode? other = random.Next(4) == 0
            ? CopyOf(places[random.Next(places.Count)])
            : JsonNode.Parse(Values[random.Next(Values.Length)]);
        switch (parent)
        {
            case JsonObject members when random.Next(6) == 0:
                members.Remove((string)place);
                break;
            case JsonObject members when random.Next(8) == 0:
                members[(string)place + "x"] = other;
                break;
            case JsonObject members:
                members[(string)place] = other;
                break;
            case JsonArray entries when random.Next(6) == 0:
                entries.RemoveAt((int)place);
                break;
            case JsonArray entries when random.Next(4) == 0:
                entries.Insert((int)place, other);
                break;
            case JsonArray entries:
                entries[(int)place] = other;
                break;
        }
    }

    private static JsonNode? CopyOf((JsonNode Parent, object Place) at) =>
        (at.Parent is JsonObject members ? members[(string)at.Place] : ((JsonArray)at.Parent)[(int)at.Place])?.DeepClone();

    private static byte[] ChangeBytes(byte[] json, SeededRandom random)
    {
        if (random.Next(3) == 0) return json[..random.Next(json.Length + 1)];
        string[] pieces = ["{", "}", "[", "]", ",", ":", "\"", "\\", "\0", "\uFEFF", "9", "-", "e"];
        byte[] piece = Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]);
        int at = random.Next(json.Length);
        return [.. json[..at], .. piece, .. json[(at + random.Next(2))..]];
    }
}
