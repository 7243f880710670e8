using System.Globalization;
using System.Text.Json.Nodes;
using Gdn.Harness.Server.Scheduling;
using Microsoft.AspNetCore.Http;

namespace Gdn.Harness.Server.Http;

/// <summary><c>POST /slots/{id}?action=save|restore|erase</c>: slots' states under names.</summary>
/// <param name="scheduler">Does the work.</param>
/// <param name="slots">np.</param>
internal sealed class SlotEndpoint(Scheduler scheduler, int slots)
{
    private const int NameMax = 128;

    /// <summary>Waits until the slot is free, and answers how many tokens were concerned.</summary>
    /// <exception cref="ApiException">There is no such slot, action or file, or the engine declares no snapshots.</exception>
    public async Task Handle(HttpContext context)
    {
        var files = scheduler.Files
            ?? throw new ApiException(501, "not_supported_error", "The engine declares no snapshots, which slot files are");
        if (!int.TryParse((string?)context.Request.RouteValues["id"], NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            || id >= slots)
            throw ApiException.Invalid("Invalid slot ID");
        string action = context.Request.Query["action"].ToString();
        string? name = action is "save" or "restore" ? NameIn(await Bodies.Read(context)) : null;
        (string counted, Func<Slot, int> work) = action switch
        {
            "save" => ("n_saved", slot => files.Save(slot, name!)),
            "restore" => ("n_restored", slot => files.Restore(slot, name!)),
            "erase" => ("n_erased", (Func<Slot, int>)files.Erase),
            _ => throw ApiException.Invalid($"Invalid action '{action}': use save, restore or erase"),
        };
        var job = new SlotJob(id, work);
        scheduler.Add(job);
        try
        {
            var answer = new JsonObject { ["id_slot"] = id, [counted] = await job.Tokens.WaitAsync(context.RequestAborted) };
            if (name is not null) answer["filename"] = name;
            await Bodies.Write(context, answer);
        }
        finally
        {
            scheduler.Cancel(job);
        }
    }

    private static string NameIn(RequestFields fields)
    {
        string name = fields.Text("filename");
        return name.Length is > 0 and <= NameMax && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? name
            : throw RequestFields.Error("filename", $"use up to {NameMax} letters, digits, '-', '_' and '.'");
    }
}
